import Foundation

/// One measurement: its name as `--only` takes it, how often to measure, and what to do.
typealias Work = (name: String, rounds: Int, body: (any Peer, inout Results) throws -> Void)

/// The measurements. Each takes one sample of one peer and checks that the work was done.
struct Works {
  let directory: String
  let isQuick: Bool

  var all: [Work] {
    let sizes = isQuick ? [1, 10] : [1, 10, 50, 200]
    let cycles = sizes.map { count in
      (
        "up-\(count)", count >= 200 ? 2 : count >= 50 ? 3 : 5,
        { (peer: any Peer, results: inout Results) in try cycle(count, peer, &results) }
      )
    }
    return cycles + [
      ("chain", isQuick ? 2 : 5, { try shape("chain of 10", Stacks.chain(10), 10, $0, &$1) }),
      ("diamond", isQuick ? 1 : 3, { try shape("diamond of 50", Stacks.diamond(50), 50, $0, &$1) }),
      ("run", isQuick ? 3 : 10, once), ("port", isQuick ? 2 : 5, port), ("load", isQuick ? 2 : 5, load), ("build", isQuick ? 1 : 3, build),
      ("logs", isQuick ? 1 : 2, logs), ("engine", isQuick ? 1 : 2, engine),
    ]
  }

  private func place(_ name: String, _ stack: String, _ peer: any Peer) throws -> String {
    let place = "\(directory)/\(peer.name)/\(name)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try stack.write(toFile: place + "/compose.yaml", atomically: true, encoding: .utf8)
    return place
  }

  private func expectRunning(_ count: Int, _ peer: any Peer, _ place: String) throws {
    let listed = try peer.compose("ps", "-q", in: place).output.split(separator: "\n").count
    guard listed == count else { throw Failure("\(peer.name): \(listed) containers run, not \(count)") }
  }

  /// `up`, the same again, `ps`, `exec`, `restart`, memory, `down`.
  private func cycle(_ count: Int, _ peer: any Peer, _ results: inout Results) throws {
    let place = try place("flat\(count)", Stacks.flat(count), peer)
    results.add("up -d, \(count) services", peer.name, try peer.compose("up", "-d", in: place).seconds)
    try expectRunning(count, peer, place)
    results.add("up -d again, \(count) services", peer.name, try peer.compose("up", "-d", in: place).seconds)
    try expectRunning(count, peer, place)
    results.add("ps, \(count) services", peer.name, try peer.compose("ps", in: place).seconds)
    if count == 10 {
      for _ in 1...3 { results.add("exec true", peer.name, try peer.compose("exec", "-T", "s1", "true", in: place).seconds) }
      results.add("restart of one service", peer.name, try peer.compose("restart", "s2", in: place).seconds)
      try expectRunning(count, peer, place)
    }
    if count >= 10 {
      results.add("memory of the engine, \(count) containers", peer.name, Memory.bytes(peer.engineProcesses), .bytes)
      results.add("memory beside each of \(count) containers", peer.name, Memory.bytes(peer.containerProcesses) / Double(count), .bytes)
    }
    results.add("down, \(count) services", peer.name, try peer.compose("down", in: place).seconds)
    try expectRunning(0, peer, place)
  }

  private func shape(_ name: String, _ stack: String, _ count: Int, _ peer: any Peer, _ results: inout Results) throws {
    let place = try place(name.replacingOccurrences(of: " ", with: "-"), stack, peer)
    results.add("up -d, \(name)", peer.name, try peer.compose("up", "-d", in: place).seconds)
    try expectRunning(count, peer, place)
    results.add("down, \(name)", peer.name, try peer.compose("down", in: place).seconds)
  }

  private func once(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("single", Stacks.single, peer)
    results.add("run --rm true, no network", peer.name, try peer.runOnce(onBridge: false, in: place).seconds)
    results.add("run --rm true, bridge", peer.name, try peer.runOnce(onBridge: true, in: place).seconds)
    try peer.compose("down", in: place)
  }

  /// From the command until the published port gives the page.
  private func port(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("page", Stacks.page(18080), peer)
    let begin = now()
    try peer.compose("up", "-d", in: place)
    _ = try eventually { try run(["curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:18080/busybox"]) }
    results.add("up -d until a published port answers", peer.name, now() - begin)
    try peer.compose("down", in: place)
  }

  private func load(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("large", Stacks.large(1000), peer)
    results.add("config -q, 1,000 services", peer.name, try peer.compose("config", "-q", in: place).seconds)
  }

  /// Twenty steps, with 1,000 files beside the Dockerfile (10,000 unless quick).
  private func build(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("build", Stacks.build, peer)
    let context = place + "/context"
    if !FileManager.default.fileExists(atPath: context) {
      try FileManager.default.createDirectory(atPath: context, withIntermediateDirectories: true)
      for number in 1...(isQuick ? 1000 : 10_000) {
        try "file \(number)\n".write(toFile: "\(context)/\(number)", atomically: false, encoding: .utf8)
      }
    }
    try Stacks.dockerfile.write(toFile: place + "/Dockerfile", atomically: false, encoding: .utf8)
    results.add("build of 20 steps, no cache", peer.name, try peer.compose("build", "--no-cache", in: place).seconds)
    try peer.compose("build", in: place)
    results.add("build of 20 steps, all cached", peer.name, try peer.compose("build", in: place).seconds)
  }

  private func logs(_ peer: any Peer, _ results: inout Results) throws {
    let megabytes = isQuick ? 50 : 1000
    let place = try place("writer", Stacks.writer(megabytes), peer)
    let begin = now()
    try peer.compose("up", "-d", in: place)
    _ = try eventually(within: 600) { try peer.compose("exec", "-T", "writer", "test", "-e", "/done", in: place) }
    results.add("a container writes \(megabytes) MB of log", peer.name, now() - begin)
    results.add("logs --tail 100 of it", peer.name, try peer.compose("logs", "--tail", "100", in: place).seconds)
    try peer.compose("down", in: place)
  }

  /// The engine ends and comes back while containers go on.
  private func engine(_ peer: any Peer, _ results: inout Results) throws {
    let count = isQuick ? 10 : 200
    let place = try place("flat\(count)", Stacks.flat(count), peer)
    try peer.compose("up", "-d", in: place)
    results.add("engine start, \(count) containers alive", peer.name, try peer.restartEngine())
    try expectRunning(count, peer, place)
    try peer.compose("down", in: place)
  }
}
