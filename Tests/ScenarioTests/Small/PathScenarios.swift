import TestSupport
import Testing

extension Scenarios {
  /// Descriptors, not paths: what strace(1) sees of a container's making.
  @Suite(.enabled(if: SystemCallTrace.isThere, "no strace to count system calls with")) struct Paths {
    @Test func noSystemCallTakesAPathIntoARoot() async throws {
      let trace = try SystemCallTrace()
      let stage = try Stage()
      try stage.write(
        "compose.yaml",
        """
        services:
          a:
            image: busybox
            init: true
            tty: true
            command: sleep 1000
            working_dir: /made/on/the/way
            user: app
            tmpfs: [/scratch]
            volumes: [data:/srv/seed, ./file:/etc/file:ro, .:/host/deep]
            configs: [{ source: c, target: /etc/deep/config }]
            secrets: [s]
            devices: ["/dev/null:/dev/mine/null"]
            read_only: true
            shm_size: 1m
            sysctls: { net.core.somaxconn: 77 }
          b: { image: busybox, command: sleep 1000, network_mode: none, privileged: true }
        volumes: { data: }
        configs: { c: { content: text } }
        secrets: { s: { file: ./file } }
        """)
      try stage.write("file", "content\n")
      let engine = try Child(trace.command + [Muster.programs + "/musterd"], environment: stage.muster.environment)
      try await stage.play { stage in
        // No command before: it would start another engine.
        let isThere = try await eventually(within: 60) {
          exists(stage.muster.runDirectory + "/muster.sock")
        } until: {
          $0
        }
        #expect(isThere)
        try await stage.importBusybox()
        try await stage("up", "--detach")
        try await stage("exec", "-T", "b", "true")
      }
      _ = await engine.end()
      let found = try trace.pathsIntoRoots()
      #expect(found.roots == 2 && found.calls > 100)
      #expect(found.paths == [])
      print("descriptors, not paths: \(found.roots) roots, \(found.calls) calls with a string, \(found.paths.count) paths into a root")
    }
  }
}
