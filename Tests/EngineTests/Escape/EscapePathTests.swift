import Backend
import ContainerRuntime
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Paths of an image or a service that are meant to lead out of the root.
@Suite(.serialized) struct EscapeByPath {
  /// Links to a directory of the host in twelve shapes; `decoy` is its path.
  private static func shapes(_ decoy: String) -> [String] {
    [
      decoy, "../../../../../../../.." + decoy, "/../../../.." + decoy, "/proc/1/root" + decoy, "/proc/self/root" + decoy,
      decoy + "/empty/../../"
        + (decoy.split(separator: "/").last.map(String.init) ?? ""), decoy + "/new", "/proc/self/cwd", "/proc/self/fd/3", "..",
      "/chain/one", "/loop",
    ]
  }

  /// S09: every option that makes something in the container, through every shape of link: nothing of it on the host.
  @Test func s09WhatIsMadeThroughLinks() async throws {
    let decoy = try DecoyTree()
    let shapes = Self.shapes(decoy.path)
    try await EngineOfOurOwn.attacked({
      for (index, target) in shapes.enumerated() { $0.link("s\(index)", to: target) }
      $0.directory("chain")
      $0.link("chain/one", to: "two")
      $0.link("chain/two", to: "../../.." + decoy.path)
      $0.link("loop", to: "/loop")
    }) { (engine) async throws in
      let mounts = try hostMounts(naming: decoy.path)
      var tries = 0
      let options: [(String, (inout ContainerOptions, Int) -> Void)] = [
        ("workdir", { $0.workingDirectory = "/s\($1)/made/wd" }),
        ("volume", { $0.mounts = [Mount(source: .volume("s09_data"), target: "/s\($1)/made/volume")] }),
        ("tmpfs", { $0.mounts = [Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/s\($1)/made/tmpfs")] }),
        ("config", { $0.configs = [FileGrant(source: "c", target: "/s\($1)/made/config")] }),
        ("device", { $0.devices = [DeviceMapping(source: "/dev/null", target: "/s\($1)/made/null")] }),
        (
          "bind",
          {
            $0.mounts = [Mount(source: .bind(path: "/etc/hostname", createsHostPath: false, propagation: nil), target: "/s\($1)/made/file")]
          }
        ),
      ]
      for (name, change) in options {
        var stack = engine.hostile("s09", [:])
        stack.volumes["s09_data"] = Volume(key: "data", name: "s09_data")
        stack.configs["c"] = FileSource(origin: .content("x"))
        for index in shapes.indices {
          let service = ServiceName("\(name)\(index)")
          var made = try #require(engine.hostile("s09", [service: "exec sleep 1000"]).services[service])
          change(&made.options, index)
          stack.services[service] = made
        }
        let report = try await engine.up(stack)
        tries += shapes.count
        // Some lead nowhere and are refused; those that lead to a place are made in the container.
        #expect(report.failures.count < shapes.count, "\(name): \(report.failures)")
        #expect(try decoy.difference() == nil, "\(name)")
        try await engine.endNow("s09")
      }
      #expect(try hostMounts(naming: decoy.path) == mounts)
      print("escape S09: 0 of \(tries)")
    }
  }

  /// S08: an image whose /dev, /proc, /sys or /etc is a link to the host.
  @Test func s08StandardDirectoriesAreLinks() async throws {
    let decoy = try DecoyTree()
    let attacker = try await Attacker.bytes()
    let busybox = try readFile("/bin/busybox")
    let shapes = (Array(0..<9) + [11]).map { Self.shapes(decoy.path)[$0] }
    try await EngineOfOurOwn.with { (engine) async throws in
      let mounts = try hostMounts(naming: decoy.path)
      let files = try TemporaryDirectory("linked")
      var stack = engine.hostile("s08", [:])
      for directory in ["dev", "proc", "sys", "etc"] {
        for (index, target) in shapes.enumerated() {
          var archive = TarWriter()
          for name in ["bin", "tmp"] { archive.directory(name) }
          archive.link(directory, to: target)
          archive.file("bin/attacker", attacker, mode: 0o755)
          archive.file("bin/busybox", busybox, mode: 0o755)
          for name in ["sh", "sleep"] { archive.link("bin/" + name, to: "busybox") }
          let name = "\(directory)\(index)"
          try writeFile(files(name), archive.finished())
          _ = try await engine.backend.importImage(path: files(name), reference: name)
          var made = try #require(engine.hostile("s08", [ServiceName(name): "exec sleep 1000"]).services[ServiceName(name)])
          made.image = name
          stack.services[ServiceName(name)] = made
        }
      }
      let report = try await engine.up(stack)
      var running = 0
      for service in stack.services.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
        guard await engine.backend.containers.find(name: "s08-\(service)-1")?.observed.state == .running else { continue }
        let done = try await engine.exec("s08", service, ["attacker", "place"])
        #expect(Findings(done.output).lines == ["fd 0", "fd 1", "fd 2"], "\(service): \(done)")
        running += 1
      }
      #expect(running + report.failures.count >= stack.services.count && running > 0, "\(report.failures)")
      #expect(try decoy.difference() == nil)
      #expect(try hostMounts(naming: decoy.path) == mounts)
      print("escape S08: 0 of \(stack.services.count), \(running) came up")
    }
  }

  /// S02: a working directory that is a descriptor, directly and by links of the image, at start and in a process that joins.
  @Test func s02WorkingDirectories() async throws {
    var race = Race("S02")
    let numbers = race.count(12, full: 1024)
    try await EngineOfOurOwn.attacked({
      $0.directory("wd")
      for number in 0..<numbers { $0.link("wd/\(number)", to: "/proc/self/fd/\(number)") }
    }) { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s02", ["a": "exec sleep 1000"])).failures == [])
      for number in 0..<numbers {
        for path in ["/proc/self/fd/\(number)", "/proc/1/fd/\(number)", "/wd/\(number)", "/wd/\(number)/.."] {
          let done = try await engine.exec("s02", "a", ["attacker", "place"], workingDirectory: path)
          race.tried()
          if done.code == 0, Findings(done.output).lines != ["fd 0", "fd 1", "fd 2"] { race.successes.append("\(path): \(done.output)") }
        }
      }
      // The usual place has nothing more either.
      #expect(try await engine.attack("s02", "a", "place").lines == ["fd 0", "fd 1", "fd 2"])
      try await engine.endNow("s02")
      // At start.
      for first in stride(from: 0, to: min(numbers, 64), by: 8) {
        var stack = engine.hostile("s02", [:])
        for number in first..<min(first + 8, numbers) {
          for (name, path) in [("direct", "/proc/self/fd/\(number)"), ("link", "/wd/\(number)")] {
            let service = ServiceName("\(name)\(number)")
            var made = try #require(engine.hostile("s02", [service: "exec attacker place"]).services[service])
            made.options.workingDirectory = path
            stack.services[service] = made
          }
        }
        _ = try? await engine.up(stack)
        for line in try await engine.log("s02")
        where line.hasPrefix("outside") || (line.hasPrefix("fd ") && !["fd 0", "fd 1", "fd 2"].contains(line.trimmed)) {
          race.successes.append(line)
        }
        race.tried(stack.services.count)
        try await engine.endNow("s02")
      }
    }
    race.tell()
    #expect(race.successes == [])
  }

  /// S07: what writes of the runtime to /proc would hit when the image or a volume has put files there: the runtime has a procfs of its own.
  @Test func s07FakeProc() async throws {
    let decoy = try DecoyTree()
    try await EngineOfOurOwn.attacked { (engine) async throws in
      var stack = engine.hostile("s07", ["maker": "exec sleep 1000"]) {
        $0.mounts = [Mount(source: .volume("s07_p"), target: "/p")]
      }
      stack.volumes["s07_p"] = Volume(key: "p", name: "s07_p")
      #expect(try await engine.up(stack).failures == [])
      let fakes = """
        cd /p && mkdir -p self/attr 1 thread-self sys/net/core sys/net/ipv4 && for f in self/oom_score_adj self/attr/exec self/attr/current \
        sys/net/core/somaxconn sys/net/ipv4/ip_unprivileged_port_start; do echo fake > $f; done; ln -s \(decoy.path)/file self/uid_map; \
        ln -s self/fd kcore; find . -type f | sort | xargs md5sum
        """
      let before = try await engine.exec("s07", "maker", ["sh", "-c", fakes])
      #expect(before.code == 0, "\(before)")
      var victim = try #require(engine.hostile("s07", ["victim": "exec sleep 1000"]).services["victim"])
      victim.options.mounts = [Mount(source: .volume("s07_p"), target: "/proc")]
      victim.options.sysctls = ["net.core.somaxconn": "321"]
      victim.options.oomScoreAdjust = 500
      stack.services["victim"] = victim
      do {
        let report = try await engine.up(stack)
        if report.failures.isEmpty {
          // Set for real, not in the files that lie there.
          let container = try #require(await engine.backend.containers.find(name: "s07-victim-1"))
          let pid = try #require(await container.running?.shim.pid)
          #expect(try readText("/proc/\(pid)/oom_score_adj") == "500\n")
          let real = try await run("nsenter", "-t", "\(pid)", "-n", "cat", "/proc/sys/net/core/somaxconn")
          #expect(real.output == "321\n", "\(real)")
        } else {
          print("escape S07: a volume on /proc is refused: \(report.failures)")
        }
      } catch let error as EngineError {
        print("escape S07: a volume on /proc is refused: \(error.message)")
      }
      let after = try await engine.exec("s07", "maker", ["sh", "-c", "cd /p && find . -type f | sort | xargs md5sum"])
      #expect(after.output == before.output)
      #expect(try decoy.difference() == nil)
    }
  }
}

extension String {
  fileprivate var trimmed: String { String(self.drop { $0.isWhitespace }.prefix { !$0.isWhitespace || $0 == " " }) }
}
