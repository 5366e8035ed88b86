import TestSupport
import Testing

extension Scenarios {
  /// S27: what an engine keeps is nobody else's to see.
  @Suite struct HiddenState {
    @Test func nobodyElseReadsOrEntersAnything() async throws {
      let stack = """
        services:
          app:
            image: busybox
            init: true
            command: sleep 1000
            volumes: ["data:/srv/seed"]
            secrets: [password]
        volumes: { data: {} }
        secrets: { password: { file: ./password } }
        """
      try await Stage.play(stack, files: ["password": "not for everybody\n"]) { stage in
        try await stage("up", "--detach")
        // The test's own directory is closed as well.
        try await run("chmod", "755", stage.muster.root + "/..").expect()
        let all = try await run("find", stage.muster.root).expect().output
        let script = #"while IFS= read -r file; do if [ -r "$file" ] || [ -w "$file" ] || [ -x "$file" ]; then echo "$file"; fi; done"#
        let open = try await run("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "bash", "-c", script, input: all)
          .expect().output
        #expect(open == "")
        let count = all.split(separator: "\n").count
        #expect(count > 20)
        print("ROW S27: \(open.split(separator: "\n").count) of \(count) entries are open to uid 65534")
      }
    }
  }
}
