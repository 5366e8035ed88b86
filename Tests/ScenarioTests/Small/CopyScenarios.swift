import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// `muster cp`, both ways.
  @Suite struct Copying {
    static let stack = """
      services:
        app:
          image: busybox
          init: true
          command: sleep 1000
          volumes: ["data:/data", "./given:/given", "./fixed:/fixed:ro", "data:/mirror:ro"]
          tmpfs: [/scratch]
          secrets: [word]
        fixed:
          image: busybox
          init: true
          command: sleep 1000
          read_only: true
          volumes: ["data:/data"]
        many:
          image: busybox
          init: true
          command: sleep 1000
          scale: 2
      volumes: { data: {} }
      secrets: { word: { file: ./word } }
      """

    private func play(_ scenario: (Stage) async throws -> Void) async throws {
      try await Stage.play(Self.stack, files: ["given/there": "given\n", "fixed/there": "fixed\n", "word": "hush\n"]) { stage in
        try await stage("up", "--detach")
        try await scenario(stage)
      }
    }

    @Test func filesAndFoldersBothWays() async throws {
      try await play { stage in
        try stage.write("site/index.html", "hello\n")
        try stage.write("site/deep/page", "page\n")
        symlink("deep/page", stage.directory + "/site/link")
        let shop = stage.directory
        for isRunning in [true, false] {
          if !isRunning { try await stage("stop", "-t", "0", "app") }
          let name = isRunning ? "site" : "stopped"
          try await stage("cp", "site", "app:/srv/\(name)")
          try await stage("cp", "site/index.html", "app:/data/\(name).html")
          try await stage("cp", "site/index.html", "app:/given")
          // What was copied comes back as it was, link and all.
          try await stage("cp", "app:/srv/\(name)", "back-\(name)")
          #expect(try readText("\(shop)/back-\(name)/deep/page") == "page\n")
          #expect(linkTarget("\(shop)/back-\(name)/link") == "deep/page")
          #expect(try readText("\(shop)/given/index.html") == "hello\n")
          try await stage("cp", "app:/mirror/\(name).html", ".")
          #expect(try readText("\(shop)/\(name).html") == "hello\n")
          try await stage("cp", "-L", "app:/srv/\(name)/link", "followed-\(name)")
          #expect(try readText("\(shop)/followed-\(name)") == "page\n")
          // Into a folder that is there: below it; what is in it: into it.
          try await stage("cp", "site", "app:/srv/\(name)")
          try await stage("cp", "site/.", "app:/srv/mine")
          try await stage("cp", "app:/srv/mine/.", "mine-\(name)")
          #expect(exists("\(shop)/mine-\(name)/index.html"))
          try await stage("cp", "app:/srv/\(name)/site/index.html", "again")
          let refused = try await stage.attempt("cp", "site", "app:/etc/passwd")
          #expect(refused.status == 1 && refused.errors.contains("cannot copy directory"), "\(refused)")
          let missing = try await stage.attempt("cp", "app:/missing", ".")
          #expect(missing.status == 1 && missing.errors.contains("Could not find the file /missing in container"), "\(missing)")
          let parent = try await stage.attempt("cp", "site/index.html", "app:/missing/deep/file")
          #expect(parent.status == 1 && parent.errors.contains("Could not find the file /missing/deep"), "\(parent)")
          let slash = try await stage.attempt("cp", "site/index.html", "app:/srv/new/")
          #expect(slash.status == 1 && slash.errors.contains("no such directory"), "\(slash)")
        }
        try await stage("start", "app")
        #expect(try await stage("exec", "-T", "app", "cat", "/srv/stopped/deep/page").output == "page\n")
        #expect(try await stage("exec", "-T", "app", "stat", "-c", "%u:%g", "/srv/site/index.html").output == "0:0\n")
        #expect(try await stage("exec", "-T", "app", "readlink", "/srv/site/link").output == "deep/page\n")
      }
    }

    @Test func ownersSparseFilesAndArchives() async throws {
      try await play { stage in
        let shop = stage.directory
        try await stage("exec", "-T", "app", "sh", "-c", "mkdir /o; echo mine >/o/f; chown 1000:2000 /o/f; chmod 4640 /o/f; ln /o/f /o/g; mkfifo /o/p")
        try await stage("cp", "app:/o", "plain")
        try await stage("cp", "-a", "app:/o", "kept")
        var status = stat()
        #expect(stat(shop + "/plain/f", &status) == 0 && status.st_uid == 0 && status.st_mode & 0o7777 == 0o640)
        #expect(stat(shop + "/kept/f", &status) == 0 && status.st_uid == 1000 && status.st_gid == 2000 && status.st_mode & 0o7777 == 0o4640)
        #expect(status.st_nlink == 2)
        try await stage("cp", "-a", "kept", "app:/kept")
        #expect(try await stage("exec", "-T", "app", "stat", "-c", "%u:%g %a %h", "/kept/g").output == "1000:2000 4640 2\n")
        #expect(try await stage("exec", "-T", "app", "test", "-p", "/kept/p").status == 0)

        // Holes stay holes: 1 GiB goes through in no time.
        let file = open(shop + "/holes", O_WRONLY | O_CREAT, 0o644)
        #expect(pwrite(file, "here", 4, 1 << 29) == 4 && ftruncate(file, 1 << 30) == 0)
        close(file)
        try await stage("cp", "holes", "app:/data/holes")
        try await stage("cp", "app:/data/holes", "holes-back")
        #expect(stat(shop + "/holes-back", &status) == 0 && status.st_size == 1 << 30 && status.st_blocks < 1000)
        #expect(try await run("cmp", shop + "/holes", shop + "/holes-back").status == 0)

        // As tar, in and out, packed too.
        try await stage.shell("tar -czf kept.tgz kept && \"$muster\" cp - app:/tmp <kept.tgz").expect()
        #expect(try await stage("exec", "-T", "app", "stat", "-c", "%u:%g", "/tmp/kept/f").output == "1000:2000\n")
        try await stage.shell("\"$muster\" cp app:/tmp/kept - | tar -tf - >listed").expect()
        #expect(try readText(shop + "/listed").split(separator: "\n").sorted() == ["kept/", "kept/f", "kept/g", "kept/p"])
      }
    }

    @Test func whatIsRefused() async throws {
      try await play { stage in
        try stage.write("file", "x\n")
        for isRunning in [true, false] {
          if !isRunning { try await stage("stop", "-t", "0") }
          for place in ["app:/fixed/new", "app:/mirror"] {
            let refused = try await stage.attempt("cp", "file", place)
            #expect(refused.status == 1 && refused.errors.contains("mounted volume is marked read-only"), "\(place): \(refused)")
          }
          let root = try await stage.attempt("cp", "file", "fixed:/srv")
          #expect(root.status == 1 && root.errors.contains("container rootfs is marked read-only"), "\(root)")
          try await stage("cp", "file", "fixed:/data")
        }
        try await stage("start")
        // Neither secrets nor what the kernel makes up.
        for place in ["/run/secrets/word", "/run/secrets", "/proc/1/environ", "/dev/null", "/scratch", "/sys"] {
          let refused = try await stage.attempt("cp", "app:" + place, "out")
          #expect(refused.status == 1 && !refused.description.contains("hush"), "\(place): \(refused)")
        }
        try await stage("cp", "app:/run", "run-out")
        #expect(!exists(stage.directory + "/run-out/secrets/word"))
        let unknown = try await stage.attempt("cp", "apo:/x", ".")
        #expect(unknown.errors.contains("did you mean \"app\"?"), "\(unknown)")
        let both = try await stage.attempt("cp", "app:/x", "many:/y")
        #expect(both.status == 1 && both.errors.contains("not supported"), "\(both)")
      }
    }

    @Test func replicas() async throws {
      try await play { stage in
        try stage.write("file", "x\n")
        try await stage("cp", "file", "many:/srv/all")
        try await stage("cp", "--index", "2", "file", "many:/srv/second")
        for index in ["1", "2"] {
          #expect(try await stage("exec", "-T", "--index", index, "many", "cat", "/srv/all").output == "x\n")
          #expect(try await stage.attempt("exec", "-T", "--index", index, "many", "test", "-e", "/srv/second").status == (index == "2" ? 0 : 1))
        }
        try await stage("container", "cp", "shop-many-2:/srv/second", "by-name")
        #expect(try readText(stage.directory + "/by-name") == "x\n")
      }
    }
  }
}

extension Stage {
  /// Runs a shell's command in the project's directory, in which `$muster` is the program.
  func shell(_ script: String, by shell: String = "sh") async throws -> Outcome {
    let all = muster.environment.merging(environment) { $1 }.merging(["muster": Muster.programs + "/muster"]) { $1 }
    return try await Child([shell, "-c", script], environment: all, directory: directory, streams: .text("")).end()
  }
}
