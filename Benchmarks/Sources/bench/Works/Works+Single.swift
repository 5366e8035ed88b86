import Foundation

extension Works {
  /// One container, from the command to its end. Docker's `bridge` is always there, so Muster's network is made before, too.
  func once(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("single", Stacks.single, peer)
    results.add(
      "run --rm true in a new stack, its network made", peer.name,
      try peer.compose("run", "--rm", "-T", "bridged", "true", in: place).seconds)
    results.add("run --rm true, no network", peer.name, try peer.runOnce(onBridge: false, in: place).run().seconds)
    results.add("run --rm true, bridge", peer.name, try peer.runOnce(onBridge: true, in: place).run().seconds)
    try peer.compose("down", in: place)
  }

  /// From the command until the published port gives the page.
  func port(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("page", Stacks.page(18080), peer)
    let begin = now()
    try peer.compose("up", "-d", in: place)
    _ = try eventually { try run(["curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:18080/busybox"]) }
    results.add("up -d until a published port answers", peer.name, now() - begin)
    try peer.compose("down", in: place)
  }
}
