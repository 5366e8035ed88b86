import Foundation

/// One measurement: its name as `--only` takes it, how often to measure, and what to do.
struct Work {
  var name: String
  var rounds: Int
  /// There is nothing of the kind in the peer, or it does not depend on a peer.
  var isMusterOnly = false
  /// Takes one sample of one peer, and checks that the work was done.
  var body: (any Peer, inout Results) throws -> Void
}

/// The measurements.
struct Works {
  let base: String
  /// All control groups' names begin so.
  let groupPrefix: String
  let image: Image?
  let isQuick: Bool

  var all: [Work] {
    let sizes: [(count: Int, rounds: Int)] = isQuick ? [(1, 3), (10, 3), (50, 1)] : [(1, 5), (10, 5), (50, 5), (200, 2), (500, 1)]
    let cycles = sizes.map { size in Work(name: "up-\(size.count)", rounds: size.rounds) { try cycle(size.count, $0, &$1) } }
    return cycles + [
      Work(name: "floor", rounds: isQuick ? 2 : 5, isMusterOnly: true, body: floor),
      Work(name: "chain", rounds: isQuick ? 2 : 5) { try shape("chain of 10", Stacks.chain(10), 10, $0, &$1) },
      Work(name: "healthy", rounds: isQuick ? 1 : 2) { try shape("chain of 10, each healthy", Stacks.healthyChain(10), 10, $0, &$1) },
      Work(name: "diamond", rounds: isQuick ? 1 : 3) { try shape("diamond of 50", Stacks.diamond(50), 50, $0, &$1) },
      Work(name: "run", rounds: isQuick ? 3 : 10, body: once),
      Work(name: "others", rounds: isQuick ? 1 : 5, isMusterOnly: true, body: others),
      Work(name: "port", rounds: isQuick ? 2 : 5, body: port),
      Work(name: "requests", rounds: isQuick ? 1 : 3, body: requests),
      Work(name: "names", rounds: isQuick ? 1 : 3, body: names),
      Work(name: "load", rounds: isQuick ? 2 : 5, body: load),
      Work(name: "plan", rounds: isQuick ? 2 : 5, isMusterOnly: true, body: plan),
      Work(name: "build", rounds: isQuick ? 1 : 3, body: build),
      Work(name: "pull", rounds: isQuick ? 1 : 3, body: pull),
      Work(name: "push", rounds: isQuick ? 1 : 3, body: push),
      Work(name: "unpack", rounds: isQuick ? 1 : 3, body: unpack),
      Work(name: "logs", rounds: 1, body: logs),
      Work(name: "writers", rounds: isQuick ? 1 : 2, body: writers),
      Work(name: "engine", rounds: isQuick ? 1 : 2, body: engine),
    ]
  }

  /// What all need of a peer that has been started.
  func prepare(_ peer: any Peer) throws {
    guard let image else { return }
    try peer.importImage(image.archive, as: "busybox:latest").run()
  }

  /// Takes away whatever a measurement that failed has left.
  func clear(_ peer: any Peer) {
    let directory = "\(base)/stacks/\(peer.name)"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
      // A second time, because the first may fail for the same reason.
      for _ in 1...2 where (try? peer.compose("down", in: "\(directory)/\(name)")) != nil { break }
    }
    if FileManager.default.fileExists(atPath: base + "/big/big.tar") { try? remove(peer) }
  }

  /// A directory with a stack file.
  func place(_ name: String, _ stack: String, _ peer: any Peer) throws -> String {
    let place = "\(base)/stacks/\(peer.name)/\(name)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try stack.write(toFile: place + "/compose.yaml", atomically: true, encoding: .utf8)
    return place
  }

  func expectRunning(_ count: Int, _ peer: any Peer, _ place: String) throws {
    let listed = try peer.compose("ps", "-q", in: place).output.split(separator: "\n").count
    guard listed == count else { throw Failure("\(peer.name): \(listed) containers run, not \(count)") }
  }
}
