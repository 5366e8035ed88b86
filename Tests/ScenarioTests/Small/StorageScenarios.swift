import TestSupport
import Testing

extension Scenarios {
  /// Volumes, binds, tmpfs, secrets.
  @Suite struct Storage {
    @Test func aNamedVolumeIsSeededKeptAndRemoved() async throws {
      let stack = """
        services:
          app:
            image: busybox
            init: true
            command: sleep 1000
            volumes: ["data:/srv/seed"]
        volumes: { data: {} }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "app", "cat", "/srv/seed/deep/two").output == "second\n")
        #expect(try await stage("exec", "-T", "app", "stat", "-c", "%u:%g %a", "/srv/seed/one").output == "1000:1000 640\n")
        #expect(try await stage("exec", "-T", "app", "stat", "-c", "%u:%g", "/srv/seed").output == "1000:1000\n")
        try await stage("exec", "-T", "app", "sh", "-c", "echo mine >/srv/seed/mine; rm /srv/seed/one")

        try await stage("down", "--timeout", "0")
        #expect(try await stage.containers().isEmpty)
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "app", "ls", "/srv/seed").output == "deep\nmine\n", "seeded twice, or lost")

        try await stage("down", "--volumes", "--timeout", "0")
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "app", "ls", "/srv/seed").output == "deep\none\n")
      }
    }

    @Test func twoServicesShareAVolume() async throws {
      let stack = """
        services:
          writer: { image: busybox, init: true, command: sleep 1000, volumes: ["data:/a"] }
          reader: { image: busybox, init: true, command: sleep 1000, volumes: ["data:/b:ro"] }
        volumes: { data: {} }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        try await stage("exec", "-T", "writer", "sh", "-c", "echo shared >/a/file")
        #expect(try await stage("exec", "-T", "reader", "cat", "/b/file").output == "shared\n")
        let refused = try await stage.attempt("exec", "-T", "reader", "touch", "/b/other")
        #expect(refused.status != 0 && refused.errors.contains("Read-only"), "\(refused)")
      }
    }

    @Test func bindsAndTmpfs() async throws {
      let stack = """
        services:
          app:
            image: busybox
            init: true
            command: sleep 1000
            read_only: true
            volumes: ["./given:/given:ro", "./made:/made"]
            tmpfs: ["/scratch:size=1m,mode=1777"]
        """
      try await Stage.play(stack, files: ["given/file": "from the host\n"]) { stage in
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "app", "cat", "/given/file").output == "from the host\n")
        #expect(try await stage.attempt("exec", "-T", "app", "touch", "/given/other").status != 0)
        try await stage("exec", "-T", "app", "sh", "-c", "echo from the container >/made/file")
        #expect(try readText(stage.directory + "/made/file") == "from the container\n")
        #expect(try await stage("exec", "-T", "app", "sh", "-c", "stat -f -c %T /scratch; stat -c %a /scratch").output == "tmpfs\n1777\n")
        let full = try await stage.attempt("exec", "-T", "app", "dd", "if=/dev/zero", "of=/scratch/file", "bs=1k", "count=2000")
        #expect(full.status != 0, "the size of the tmpfs is not kept\n\(full)")
        #expect(try await stage.attempt("exec", "-T", "app", "touch", "/other").status != 0, "the root is writable")
      }
    }

    @Test func secretsAreFilesAndNowhereElse() async throws {
      let secret = "correct-horse-battery-staple"
      let stack = """
        services:
          app:
            image: busybox
            init: true
            user: app
            command: sleep 1000
            secrets:
              - plain
              - { source: owned, target: renamed, uid: "1000", gid: "2000", mode: 0400 }
              - variable
        secrets:
          plain: { file: plain.txt }
          owned: { file: owned.txt }
          variable: { environment: THE_SECRET }
        """
      let files = ["plain.txt": secret, "owned.txt": "owned-" + secret]
      try await Stage.play(stack, files: files, environment: ["THE_SECRET": "variable-" + secret]) { stage in
        let up = try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/plain").output == secret)
        #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/renamed").output == "owned-" + secret)
        #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/variable").output == "variable-" + secret)
        #expect(try await stage("exec", "-T", "app", "stat", "-c", "%u:%g %a", "/run/secrets/renamed").output == "1000:2000 400\n")
        #expect(try await stage("exec", "-T", "app", "stat", "-f", "-c", "%T", "/run/secrets/plain").output == "tmpfs\n")

        var said = [up]
        said.append(try await stage("config"))
        said.append(try await stage("plan"))
        said.append(try await stage("ps", "--all", "--format", "json"))
        for outcome in said { #expect(!"\(outcome)".contains(secret), "\(outcome)") }
        for pid in HostLedger.processes(under: stage.muster.root) {
          for file in ["environ", "cmdline"] {
            let text = (try? readText("/proc/\(pid)/\(file)")) ?? ""
            #expect(!text.contains(secret), "the secret is in /proc/\(pid)/\(file)")
          }
        }
        let found = try await run("grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings", secret, stage.muster.root)
        #expect(found.output.isEmpty, "the secret lies in clear in\n\(found.output)")

        try stage.write("plain.txt", "changed-" + secret)
        let plan = try await stage("plan")
        #expect(plan.output.contains("secrets.plain"), "\(plan)")
        #expect(!plan.output.contains(secret), "\(plan)")
      }
    }
  }
}
