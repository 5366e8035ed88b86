import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// `muster volume export`, `import` and `snapshot`: what is in a volume is kept, and comes back.
  @Suite struct VolumeArchives {
    static let stack = """
      services:
        app:
          image: busybox
          init: true
          command: ["sh", "-c", "while :; do date >>/data/ticks; sleep 0.05; done"]
          volumes: ["data:/data"]
          stop_grace_period: 0s
      volumes: { data: {} }
      """

    private func fill(_ stage: Stage) async throws {
      try await stage("up", "--detach")
      let words =
        "cd /data; mkdir -p deep; echo kept >deep/file; ln -s deep/file link; chmod 600 deep/file; chown 33:33 deep/file; chown 999:999 .; chmod 750 ."
      try await stage("exec", "-T", "app", "sh", "-c", words)
    }

    /// A line for each of a volume's files.
    private func listing(_ stage: Stage, _ volume: String) async throws -> [String] {
      let path = try await stage("volume", "inspect", "--format", "{{.Mountpoint}}", volume).lines.first.map(String.init) ?? ""
      return try await run("sh", "-c", "cd \(path) && find . ! -name ticks | LC_ALL=C sort | xargs stat -c '%n %F %a %u:%g'").expect().lines
        .map(String.init)
    }

    @Test func whatIsExportedComesBack() async throws {
      try await Stage.play(Self.stack) { stage in
        try await fill(stage)
        let before = try await listing(stage, "shop_data")
        #expect(before.contains("./deep/file regular file 600 33:33") && before[0] == ". directory 750 999:999", "\(before)")
        try await stage("volume", "export", "--output", "data.tar", "shop_data")
        let listed = try await run("tar", "-tf", stage.directory + "/data.tar").expect().lines
        #expect(listed.first == "./" && listed.contains("deep/file"), "\(listed)")

        // Into one that is not there; compressed.
        try await run("gzip", "-k", stage.directory + "/data.tar").expect()
        for (name, file) in [("first", "data.tar"), ("second", "data.tar.gz")] {
          try await stage("volume", "import", name, file)
          #expect(try await listing(stage, name) == before)
        }
        // What holds something is left alone, unless it is asked for; what runs, always.
        let refused = try await stage.attempt("volume", "import", "first", "data.tar")
        #expect(
          refused.status == 1 && refused.errors.contains("holds something already") && refused.errors.contains("--replace"), "\(refused)")
        let running = try await stage.attempt("volume", "import", "--replace", "shop_data", "data.tar")
        #expect(running.status == 1 && running.errors.contains("shop-app-1 has the volume shop_data and runs"), "\(running)")
        try await stage("stop", "app")
        try await stage("volume", "import", "--replace", "shop_data", "data.tar")
        #expect(try await listing(stage, "shop_data") == before)
        try await stage("start", "app")
        #expect(try await stage("exec", "-T", "app", "cat", "/data/link").output == "kept\n")

        // What is no archive, or not whole, changes nothing and makes nothing.
        let bytes = try readFile(stage.directory + "/data.tar")
        try writeFile(stage.directory + "/cut.tar", Array(bytes.prefix(700)))
        for name in ["third", "second"] {
          let broken = try await stage.attempt("volume", "import", "--replace", name, "cut.tar")
          #expect(broken.status == 1, "\(broken)")
        }
        #expect(try await listing(stage, "second") == before)
        #expect(try await stage("volume", "ls", "--quiet").lines.map(String.init) == ["first", "second", "shop_data"])
        let unknown = try await stage.attempt("volume", "export", "--output", "x", "nothing")
        #expect(unknown.status == 1 && unknown.errors.contains("no such volume: nothing") && !exists(stage.directory + "/x"), "\(unknown)")
        // Links lead nowhere else.
        try await run(
          "sh", "-c",
          "mkdir h && ln -s /tmp h/way && tar -cf hostile.tar -C h way && rm h/way && mkdir h/way && echo x >h/way/in && tar -rf hostile.tar -C h way/in",
          directory: stage.directory
        ).expect()
        let hostile = try await stage.attempt("volume", "import", "fourth", "hostile.tar")
        #expect(hostile.status == 1 && !exists("/tmp/in"), "\(hostile)")
        try await stage("volume", "rm", "first", "second")
      }
    }

    /// An engine that is killed while it holds containers still leaves them so; the next one lets them go on.
    @Test func theNextEngineLetsThemGoOn() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("up", "--detach")
        let pid = try await stage("inspect", "--format", "{{.State.Pid}}", "shop-app-1").lines.first ?? ""
        let groups = try readText("/proc/\(pid)/cgroup").split(separator: "\n").map { $0.split(separator: ":", maxSplits: 2) }
        #expect(await stage.muster.endEngine(SIGKILL))
        if let legacy = groups.first(where: { $0.count == 3 && $0[1] == "freezer" }) {
          try writeFile("/sys/fs/cgroup/freezer\(legacy[2])/freezer.state", Array("FROZEN".utf8))
        } else {
          let group = try #require(groups.last?.last)
          try writeFile("/sys/fs/cgroup\(group)/cgroup.freeze", Array("1".utf8))
        }
        #expect(try await stage("ps", "--format", "{{.State}}").output == "running\n")
        #expect(try await stage("exec", "-T", "app", "echo", "on").output == "on\n")
      }
    }

    @Test func aSnapshotIsOfOneMoment() async throws {
      try await Stage.play(Self.stack) { stage in
        try await fill(stage)
        let name = try await stage("volume", "snapshot", "shop_data").lines.first.map(String.init) ?? ""
        #expect(name.wholeMatch(of: /shop_data-\d{8}T\d{6}/) != nil, "\(name)")
        #expect(try await listing(stage, name) == listing(stage, "shop_data"))
        try await stage("volume", "snapshot", "--no-pause", "shop_data", "before")
        // It goes on writing, to the one and not to the others.
        let path = try await stage("volume", "inspect", "--format", "{{.Mountpoint}}", "before").lines.first.map(String.init) ?? ""
        let taken = try readFile(path + "/ticks").count
        let more = try await eventually {
          try await stage("exec", "-T", "app", "wc", "-c", "/data/ticks").output
        } until: {
          Int($0.prefix { $0 != " " }) ?? 0 > taken
        }
        #expect(Int(more.prefix { $0 != " " }) ?? 0 > taken)
        #expect(try readFile(path + "/ticks").count == taken)
        let again = try await stage.attempt("volume", "snapshot", "shop_data", "before")
        #expect(again.status == 1 && again.errors.contains("there is a volume before already"), "\(again)")
        try await stage("volume", "rm", name, "before")
      }
    }
  }
}
