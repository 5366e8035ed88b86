import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// S22 to S26, the engine's side: what is copied into and out of a container stays in it, whatever its processes do meanwhile.
@Suite(.serialized) struct EscapeByCopy {
  private func archive(_ fill: (inout TarWriter) -> Void) -> [UInt8] {
    var archive = TarWriter()
    fill(&archive)
    return archive.finished()
  }

  private func write(_ bytes: [UInt8], to path: String, of container: String, _ engine: EngineOfOurOwn) async throws {
    let pieces = AsyncThrowingStream<[UInt8], any Error> { continuation in
      continuation.yield(bytes)
      continuation.finish()
    }
    _ = try await engine.backend.writeArchive(ContainerPath(container: container, path: path), ArchiveOptions(), pieces)
  }

  private func read(_ path: String, of container: String, _ engine: EngineOfOurOwn) async throws -> String {
    let collected = Collected()
    try await engine.backend.readArchive(ContainerPath(container: container, path: path)) { await collected.add($0) }
    return await collected.text
  }

  /// S22, S24: directories, in the root and in a volume, are exchanged for links to the host while files go in and out.
  @Test func s22s24PathsThatChange() async throws {
    var race = Race("S22, S24")
    let decoy = try DecoyTree()
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let racer = """
        mkdir -p /v/x /r/x; ln -s ../../../../../../../..\(decoy.path) /v/y; ln -s \(decoy.path) /r/y
        echo inside >/v/x/file; echo inside >/r/x/file
        attacker swap /v/x /v/y & attacker swap /r/x /r/y & wait
        """
      var stack = engine.hostile("s22", ["racer": racer]) { $0.mounts = [Mount(source: .volume("s22_v"), target: "/v")] }
      stack.volumes["s22_v"] = Volume(key: "v", name: "s22_v")
      #expect(try await engine.up(stack).failures == [])
      let bytes = archive {
        $0.directory("dir", mode: 0o2777)
        $0.file("dir/inner", "from outside\n", mode: 0o4755)
        $0.file("new", "from outside\n")
      }
      var (written, refused) = (0, 0)
      repeat {
        let place = race.next(below: 2) == 0 ? "/v/x" : "/r/x"
        do {
          try await write(bytes, to: place, of: "s22-racer-1", engine)
          written += 1
        } catch is EngineError { refused += 1 }
        if let text = try? await read(place + "/file", of: "s22-racer-1", engine), text.contains("untouched") { race.successes.append("read \(place)") }
        if let text = try? await read(place + "/.", of: "s22-racer-1", engine), text.contains("untouched") { race.successes.append("read \(place)/.") }
        race.tried(3)
        if race.attempts % 30 == 0, let difference = try decoy.difference() { race.successes.append(difference) }
        // On a busy machine the racer itself may come late.
      } while (race.goesOn || written == 0 && race.attempts < 3000) && race.successes.isEmpty
      if let difference = try decoy.difference() { race.successes.append(difference) }
      print("escape S22: \(written) copies went in, \(refused) were refused")
      #expect(written > 0)
    }
    race.tell()
    #expect(race.successes == [])
  }

  /// A file's time is what a container says: also one that nanoseconds since 1970 do not reach.
  @Test func filesOfAnotherAge() async throws {
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let stack = engine.hostile("age", ["a": "touch -d '2300-01-01 00:00:00' /far"])
      #expect(try await engine.up(stack).failures == [])
      #expect(try await eventually({ try await engine.container("age-a-1").state }, until: { $0 == .exited }) == .exited)
      let status = try await engine.backend.status(of: ContainerPath(container: "age-a-1", path: "/far"))
      #expect(status.mtime == "2300-01-01T00:00:00.000000000Z")
    }
  }

  /// S25: links on the way of a copy, in a container that does not run, lead to nowhere but its own root.
  @Test func s25LinksInAStoppedContainer() async throws {
    let decoy = try DecoyTree()
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let stack = engine.hostile(
        "s25", ["a": "ln -s \(decoy.path) /link; ln -s \(decoy.path)/dir /up; mkdir -p /d; ln -s ../../../../..\(decoy.path) /d/out"])
      #expect(try await engine.up(stack).failures == [])
      #expect(try await eventually({ try await engine.container("s25-a-1").state }, until: { $0 == .exited }) == .exited)
      let bytes = archive {
        $0.directory("dir", mode: 0o2777)
        $0.file("dir/inner", "from outside\n", mode: 0o4755)
        $0.file("file", "from outside\n", mode: 0o666)
        $0.file("out/dir/inner", "from outside\n", mode: 0o666)
      }
      for place in ["/", "/d", "/link", "/up", "/d/out", "/d/../d/out/.", "/link/../.."] {
        // What is not there is refused, what is there is in the container.
        try? await write(bytes, to: place, of: "s25-a-1", engine)
        #expect(try decoy.difference() == nil, "\(place)")
        let text = (try? await read(place, of: "s25-a-1", engine)) ?? ""
        #expect(!text.contains("untouched"), "\(place)")
      }
      #expect(try hostMounts(naming: engine.location.root + "/containers").isEmpty)
    }
  }

  /// S26: archives that would leave the directory they are extracted in.
  @Test func s26HostileArchives() async throws {
    let decoy = try DecoyTree()
    let up = "../../../../../../../.."
    let archives: [(String, (inout TarWriter) -> Void)] = [
      ("climbing", { $0.file("\(up)\(decoy.path)/file", "mine\n") }),
      ("absolute", { $0.file("\(decoy.path)/file", "mine\n") }),
      (
        "through a link",
        {
          $0.link("l", to: decoy.path)
          $0.file("l/file", "mine\n")
        }
      ),
      (
        "through a climbing link",
        {
          $0.link("l", to: up + decoy.path)
          $0.file("l/dir/inner", "mine\n")
        }
      ),
      (
        "a directory over a link",
        {
          $0.link("l", to: decoy.path)
          $0.directory("l", mode: 0o777, owner: 1000)
          $0.file("l/file", "mine\n")
        }
      ),
      (
        "links to links",
        {
          $0.link("a", to: "b")
          $0.link("b", to: decoy.path + "/dir")
          $0.file("a/inner", "mine\n")
        }
      ),
    ]
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let stack = engine.hostile("s26", ["a": "mkdir /here; exec sleep 1000", "b": "mkdir /here"])
      #expect(try await engine.up(stack).failures == [])
      #expect(try await eventually({ try await engine.container("s26-b-1").state }, until: { $0 == .exited }) == .exited)
      for (name, fill) in archives {
        for container in ["s26-a-1", "s26-b-1"] {
          try? await write(archive(fill), to: "/here", of: container, engine)
          #expect(try decoy.difference() == nil, "\(name) in \(container)")
        }
      }
    }
  }

  /// S23: nothing of the container's is executed or loaded to copy: neither its `tar` nor its compressors.
  @Test func s23NothingOfTheContainersRuns() async throws {
    try await EngineOfOurOwn.attacked({ archive in
      for program in ["tar", "xz", "gzip", "unpigz", "bzip2", "zstd", "cat"] { archive.file("usr/bin/\(program)", "#!/bin/sh\ntouch /ran\n", mode: 0o755) }
      for program in ["xz", "unpigz", "zstd"] { archive.file("bin/\(program)", "#!/bin/sh\ntouch /ran\n", mode: 0o755) }
    }) { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s23", ["a": "exec sleep 1000"])).failures == [])
      let plain = archive { $0.file("one", "packed\n") }
      let directory = try TemporaryDirectory("packed")
      try writeFile(directory("a.tar"), plain)
      for (program, ending) in [("gzip", "gz"), ("xz", "xz"), ("bzip2", "bz2"), ("zstd", "zst")] {
        guard try await run("sh", "-c", "command -v \(program)").status == 0 else { continue }
        _ = try await run("sh", "-c", "\(program) -c \(directory("a.tar")) >\(directory("a." + ending))").expect()
        try await write(try readFile(directory("a." + ending)), to: "/tmp", of: "s23-a-1", engine)
        #expect(try await engine.exec("s23", "a", ["busybox", "cat", "/tmp/one"]).output == "packed\n", "\(program)")
        #expect(try await engine.exec("s23", "a", ["busybox", "rm", "/tmp/one"]).code == 0)
      }
      _ = try await read("/usr", of: "s23-a-1", engine)
      #expect(try await engine.exec("s23", "a", ["busybox", "test", "-e", "/ran"]).code == 1)
    }
  }

  /// With a user namespace of its own, owners are the container's, whether it runs or not.
  @Test func ownersInAUserNamespace() async throws {
    try await EngineOfOurOwn.with(users: EngineOfOurOwn.someUsers) { engine in
      #expect(try await engine.up(engine.stack("cpu", ["a": "exec sleep 1000"])).failures == [])
      func bytes(_ name: String) -> [UInt8] {
        archive {
          $0.directory(name, owner: 1000)
          $0.file(name + "/root", "root's\n")
          $0.file(name + "/app", "app's\n", owner: 1000)
        }
      }
      try await write(bytes("up"), to: "/srv", of: "cpu-a-1", engine)
      // 1000 in octal, as the archive says it.
      #expect(try await read("/srv/up/app", of: "cpu-a-1", engine).contains("0001750\0"))
      let project: ProjectName = "cpu"
      _ = try await engine.backend.carryOut(StackRequest(project: project, stack: nil, operation: .stop(services: [], timeout: 0))) { _ in }
      try await write(bytes("down"), to: "/srv", of: "cpu-a-1", engine)
      #expect(try await read("/srv/up/app", of: "cpu-a-1", engine).contains("0001750\0"))
      _ = try await engine.backend.carryOut(StackRequest(project: project, stack: nil, operation: .start(services: []))) { _ in }
      for name in ["up", "down"] {
        let seen = try await engine.exec(project, "a", ["stat", "-c", "%u:%g", "/srv/\(name)", "/srv/\(name)/root", "/srv/\(name)/app"])
        #expect(seen.output == "1000:1000\n0:0\n1000:1000\n", "\(name)")
      }
    }
  }
}
