import Foundation

extension Works {
  /// `up`, the same again, `ps`, `exec`, `restart`, memory, `down`.
  func cycle(_ count: Int, _ peer: any Peer, _ results: inout Results) throws {
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
      results.add("memory of the engine at work, \(count) containers", peer.name, Memory.bytes(peer.engineProcesses), .bytes)
      // What is there day and night: nobody asks for anything.
      sleep(5)
      results.add("memory of the engine, \(count) containers", peer.name, Memory.bytes(peer.engineProcesses), .bytes)
      results.add("memory beside each of \(count) containers", peer.name, Memory.bytes(peer.containerProcesses) / Double(count), .bytes)
      try expectRunning(count, peer, place)
    }
    results.add("down, \(count) services", peer.name, try peer.compose("down", in: place).seconds)
    try expectRunning(0, peer, place)
  }

  func shape(_ name: String, _ stack: String, _ count: Int, _ peer: any Peer, _ results: inout Results) throws {
    let place = try place(name.filter { $0 != "," }.replacing(" ", with: "-"), stack, peer)
    results.add("up -d, \(name)", peer.name, try peer.compose("up", "-d", in: place).seconds)
    try expectRunning(count, peer, place)
    results.add("down, \(name)", peer.name, try peer.compose("down", in: place).seconds)
    try expectRunning(0, peer, place)
  }

  /// What the kernel alone needs, by the program `floor`.
  func floor(_ peer: any Peer, _ results: inout Results) throws {
    guard let image else { return }
    for (name, count, workers) in [
      ("the kernel's part of 50 containers", 50, 2), ("the kernel's part of 10 containers, one after another", 10, 1),
      ("the kernel's part of 1 container", 1, 1),
    ] {
      results.add(name, peer.name, try run([Image.sibling("floor"), image.root, base, "\(count)", "\(workers)"]).number)
    }
  }
}
