import TestSupport
import Testing

extension Scenarios {
  /// Descriptors, not paths: what strace(1) sees of a container's making.
  @Suite(.enabled(if: SystemCallTrace.isThere, "no strace to count system calls with")) struct Paths {
    /// Plays with an engine that is traced from its start to its end.
    private func play(_ stage: Stage, under trace: SystemCallTrace, _ scenario: (Stage) async throws -> Void) async throws {
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
        try await scenario(stage)
      }
      _ = await engine.end()
    }

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
      try await play(stage, under: trace) { stage in
        try await stage("up", "--detach")
        try await stage("exec", "-T", "b", "true")
      }
      let found = try trace.pathsIntoRoots()
      #expect(found.roots == 2 && found.calls > 100)
      #expect(found.paths == [])
      print("descriptors, not paths: \(found.roots) roots, \(found.calls) calls with a string, \(found.paths.count) paths into a root")
    }

    /// S23: what an image has for the name service, for archives and for compression is neither run nor loaded by who copies, builds, packs and
    /// unpacks.
    @Test func nothingOfAnImageIsRunOrLoadedOutside() async throws {
      let trace = try SystemCallTrace()
      let stage = try Stage()
      let programs = ["tar", "xz", "unpigz", "gzip", "gunzip", "zstd", "bzip2", "git", "id", "getent"]
      let libraries = [
        "libnss_files.so.2", "libnss_compat.so.2", "libnss_dns.so.2", "liblzma.so.5", "libz.so.1", "libarchive.so.13", "libc.so.6",
      ]
      for name in programs + libraries { try stage.write("bad/" + name, "#!/bin/sh\ntouch /ran\n") }
      try stage.write("nsswitch.conf", "passwd: files compat\ngroup: files compat\n")
      try stage.write("packed/file", "content\n")
      _ = try await run("tar", "-cJf", stage.directory + "/packed.tar.xz", "-C", stage.directory, "packed").expect()
      _ = try await run("tar", "-czf", stage.directory + "/packed.tar.gz", "-C", stage.directory, "packed").expect()
      try stage.write(
        "Dockerfile",
        """
        FROM busybox
        COPY --chmod=0755 bad/ /usr/bin/
        COPY --chmod=0755 bad/ /usr/lib/
        COPY --chmod=0755 bad/ /lib/x86_64-linux-gnu/
        COPY nsswitch.conf /etc/
        RUN echo 'app:x:1000:1000::/:/bin/sh' >>/etc/passwd && echo 'app:x:1000:' >>/etc/group
        ADD --chown=app:app packed.tar.xz /xz/
        ADD packed.tar.gz /gz/

        """)
      try stage.write("compose.yaml", "services: {a: {image: bad, build: ., user: app, init: true, command: sleep 1000}}\n")
      try await play(stage, under: trace) { stage in
        try await stage("up", "--detach")
        #expect(
          try await stage("exec", "-T", "-u", "root", "a", "cat", "/xz/packed/file", "/gz/packed/file").output == "content\ncontent\n")
        try await stage("cp", "packed.tar.xz", "a:/tmp/")
        try await stage("cp", "a:/usr", "out")
        try await stage("container", "export", "--output", "exported.tar", "shop-a-1")
        try await stage("commit", "a", "committed")
        try await stage("image", "save", "--output", "saved.tar", "committed")
        try await stage("image", "load", "--quiet", "--input", "saved.tar")
        #expect(try await stage.attempt("exec", "-T", "-u", "root", "a", "ls", "/ran").status != 0)
        try await stage("down")
      }
      let found = try trace.codeRun(under: stage.muster.root)
      #expect(found.count > 10)
      #expect(found.paths == [])
      print("S23: \(found.count) programs and pieces of code, \(found.paths.count) of an image's")
    }
  }
}
