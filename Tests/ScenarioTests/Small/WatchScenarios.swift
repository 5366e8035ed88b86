import Foundation
import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// `muster watch`: what is changed here is changed in the containers.
  @Suite struct Watching {
    static let stack = """
      services:
        app:
          image: busybox
          init: true
          user: "1000"
          command: ["sh", "-c", "cat /proc/sys/kernel/random/uuid >/tmp/begun; sleep 1000"]
          scale: 2
          develop:
            watch:
              - { path: ./src, action: sync, target: /app/src, ignore: ["*.log", node_modules/], initial_sync: true }
              - { path: ./settings.conf, action: sync+restart, target: /app/settings.conf }
              - { path: ./web, action: sync+exec, target: /app/web, exec: { command: "cat /app/web/page", user: "0" } }
          volumes: [{ type: tmpfs, target: /other }]
        built:
          build: { context: ./built, dockerfile_inline: "FROM busybox\\nCOPY . /built\\n" }
          init: true
          command: sleep 1000
          develop: { watch: [{ path: ./built, action: rebuild }] }
        bound:
          image: busybox
          command: sleep 1000
          init: true
          volumes: ["./src:/src"]
          develop: { watch: [{ path: ./src, action: sync, target: /src }] }
      """
    private static let files = [
      "src/there": "there\n", "settings.conf": "one\n", "web/page": "first\n", "built/file": "one\n", "built/.dockerignore": "notes\n",
    ]

    private func play(_ scenario: (Stage, Child) async throws -> Void) async throws {
      try await Stage.play(Self.stack, files: Self.files) { stage in
        let watch = try stage.start("watch")
        try await watch.shows("Watch enabled")
        try await scenario(stage, watch)
        watch.signal(SIGINT)
        #expect(await watch.end().status == 130)
      }
    }

    /// What both containers of `app` say.
    private func expectBoth(_ stage: Stage, _ words: String, _ wanted: String, sourceLocation: SourceLocation = #_sourceLocation)
      async throws
    {
      for index in ["1", "2"] {
        let said = try await eventually(within: 20) {
          try await stage.attempt("exec", "-T", "--index", index, "app", "sh", "-c", words).output
        } until: {
          $0 == wanted
        }
        #expect(said == wanted, "\(index)", sourceLocation: sourceLocation)
      }
    }

    @Test func filesFollow() async throws {
      try await play { stage, watch in
        #expect(watch.soFar.errors.contains("service \"bound\": ") && watch.soFar.errors.contains("is not watched"), "\(watch.soFar)")
        // What was there at the start.
        try await expectBoth(stage, "cat /app/src/there", "there\n")
        try stage.write("src/new", "new\n")
        try stage.write("src/a.log", "noise\n")
        try stage.write("src/deep/er/file", "deep\n")
        try stage.write("src/node_modules/x", "much\n")
        try await expectBoth(stage, "cd /app/src; cat new deep/er/file; ls", "new\ndeep\ndeep\nnew\nthere\n")
        // As editors write: another file takes the name. A link, a mode.
        try stage.write("src/.new.swp", "by an editor\n")
        try stage.write("other", "newer\n")
        #expect(rename(stage.directory + "/other", stage.directory + "/src/new") == 0)
        symlink("new", stage.directory + "/src/link")
        chmod(stage.directory + "/src/there", 0o755)
        try await expectBoth(stage, "cd /app/src; cat link; stat -c %a there; ls -a", "newer\n755\n.\n..\ndeep\nlink\nnew\nthere\n")
        // What goes here goes there, and a directory that moves is moved.
        #expect(rename(stage.directory + "/src/deep", stage.directory + "/src/moved") == 0)
        unlink(stage.directory + "/src/there")
        try await expectBoth(stage, "cd /app/src; find . | sort", ".\n./link\n./moved\n./moved/er\n./moved/er/file\n./new\n")
        try stage.write("src/moved/er/more", "more\n")
        try await expectBoth(stage, "cat /app/src/moved/er/more", "more\n")
        // A file in a directory's place.
        removeRecursively(stage.directory + "/src/moved")
        try stage.write("src/moved", "a file now\n")
        try await expectBoth(stage, "cat /app/src/moved", "a file now\n")
      }
    }

    @Test func containersAreRestartedToldAndBuiltAnew() async throws {
      try await play { stage, watch in
        @Sendable func begun() async throws -> String { try await stage("exec", "-T", "app", "cat", "/tmp/begun").output }
        let before = try await begun()
        try stage.write("settings.conf", "two\n")
        try await watch.shows("service \"app\" restarted")
        try await expectBoth(stage, "cat /app/settings.conf", "two\n")
        let after = try await eventually {
          try await begun()
        } until: {
          $0 != before
        }
        #expect(after != before)

        try stage.write("web/page", "second\n")
        // Each of both.
        try await watch.shows("second\n", times: 2)

        // What the context leaves out is no change.
        try stage.write("built/notes", "mine\n")
        let image = try await stage("ps", "--format", "{{.ID}}", "built").output
        try stage.write("built/file", "two\n")
        try await watch.shows("service \"built\" built and started")
        #expect(try await stage("exec", "-T", "built", "cat", "/built/file").output == "two\n")
        #expect(try await stage("ps", "--format", "{{.ID}}", "built").output != image)
        #expect(watch.soFar.errors.components(of: "Rebuilding") == 1, "\(watch.soFar)")
        // The image that was replaced went.
        #expect(try await !stage("image", "ls").output.contains("<none>"))
        // What cannot be built is told, and watching goes on.
        try stage.write("built/.dockerignore", "file\nnotes\n[\n")
        try await watch.shows("could not be built or started")
        try stage.write("built/.dockerignore", "notes\n")
        try await watch.shows("built and started", times: 2)
      }
    }

    @Test func upWatchesToo() async throws {
      try await Stage.play(Self.stack, files: Self.files) { stage in
        let up = try stage.start("up", "--watch", "app")
        try await up.shows("Watch enabled")
        try stage.write("src/new", "new\n")
        try await expectBoth(stage, "cat /app/src/new", "new\n")
        up.signal(SIGINT)
        #expect(await up.end().status == 130)
        #expect(try await stage("ps", "--quiet").output == "")
        let nothing = try await stage.attempt("watch", "--no-up", "bound")
        #expect(nothing.status == 1 && nothing.errors.contains("none of the selected services is configured for watch"), "\(nothing)")
        let both = try await stage.attempt("up", "--watch", "--detach")
        #expect(both.status == 1 || both.status == 64, "\(both)")
      }
    }
  }
}

extension String {
  /// How often a text is in it.
  fileprivate func components(of text: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.range(of: text) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
