import Foundation

extension Works {
  /// Reading a stack file.
  func load(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("large", Stacks.large(1000), peer)
    results.add("config -q, 1,000 services", peer.name, try peer.compose("config", "-q", in: place).seconds)
  }

  /// Reading it, and working out what is to be done: of a file that the engine has not seen, and of the same once more.
  func plan(_ peer: any Peer, _ results: inout Results) throws {
    let new = "# \(UUID().uuidString)\n"
    let place = try place("flat1000", Stacks.flat(1000) + new, peer)
    for name in ["plan, 1,000 services", "plan, 1,000 services, again"] {
      let outcome = try peer.compose("plan", in: place)
      let lines = outcome.output.split(separator: "\n").count
      guard lines >= 1000 else { throw Failure("the plan of 1,000 services has \(lines) lines") }
      results.add(name, peer.name, outcome.seconds)
    }
  }

  /// The engine ends and comes back while containers go on.
  func engine(_ peer: any Peer, _ results: inout Results) throws {
    let count = isQuick ? 10 : 200
    let place = try place("flat\(count)", Stacks.flat(count), peer)
    try peer.compose("up", "-d", in: place)
    results.add("engine start, \(count) containers alive", peer.name, try peer.restartEngine())
    try expectRunning(count, peer, place)
    try peer.compose("down", in: place)
  }
}
