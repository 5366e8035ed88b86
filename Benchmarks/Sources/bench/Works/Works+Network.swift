import Foundation

extension Works {
  /// An address of this machine that is not 127.0.0.1: Docker leads that one through a program of its own.
  private var hostAddress: String { "198.51.100.1" }

  /// Requests and bytes through a published port.
  func requests(_ peer: any Peer, _ results: inout Results) throws {
    let seconds = isQuick ? "1" : "3"
    let port = "18081"
    if (try? run(["ip", "link", "show", "bench0"])) == nil {
      try run(["ip", "link", "add", "bench0", "type", "bridge"])
      try run(["ip", "address", "add", hostAddress + "/24", "dev", "bench0"])
      try run(["ip", "link", "set", "bench0", "up"])
    }
    let place = try place("server", Stacks.server(18081), peer)
    try peer.compose("up", "-d", in: place)
    _ = try eventually { try run(["curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:\(port)/"]) }
    for (address, text) in [("127.0.0.1", "127.0.0.1"), (hostAddress, "the host's address")] {
      let kept = try traffic(["requests", address, port, "64", seconds])
      results.add("requests by a published port of \(text), 64 connections", peer.name, kept, .perSecond)
      let anew = try traffic(["requests", address, port, "16", seconds, "new"])
      results.add("the same, a new connection for each request, \(text)", peer.name, anew, .perSecond)
      let bytes = try traffic(["stream", address, port, seconds])
      results.add("bytes by a published port of \(text)", peer.name, bytes, .bytesPerSecond)
    }
    try peer.compose("down", in: place)
  }

  private func traffic(_ words: [String]) throws -> Double { try run([Image.sibling("traffic")] + words).number }

  /// Queries for a service's name, asked inside four containers at once.
  func names(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("flat5", Stacks.flat(5), peer)
    try peer.compose("up", "-d", in: place)
    let outputs = try together(
      (1...4).map { peer.compose(["exec", "-T", "s\($0)", "traffic", "names", "s5", isQuick ? "1" : "3", "64"], in: place) })
    var (rate, lost) = (0.0, 0.0)
    for output in outputs {
      let numbers = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      guard numbers.count == 3, numbers[0] > 0, numbers[2] > 0 else { throw Failure("traffic printed \(output)") }
      rate += numbers[0] / numbers[2]
      lost += numbers[1]
    }
    results.add("names answered, 4 containers asking", peer.name, rate, .perSecond)
    results.add("names not answered", peer.name, lost, .count)
    try peer.compose("down", in: place)
  }
}
