import Foundation

extension Works {
  /// One container writes a big log, which is then read.
  func logs(_ peer: any Peer, _ results: inout Results) throws {
    let megabytes = isQuick ? 100 : 1000
    let place = try place("writer", Stacks.writers(1, megabytes: megabytes), peer)
    let bytes = Double(megabytes) * 1_000_000
    results.add("a container writes \(megabytes) MB of log", peer.name, bytes / (try write(1, peer, place)), .bytesPerSecond)
    for _ in 1...(isQuick ? 1 : 2) {
      var lines = 0
      let all = try peer.compose(["logs", "--no-color"], in: place).run { lines = try countLines($0) }
      guard lines == megabytes * 10_000 else { throw Failure("\(peer.name): \(lines) lines of log, not \(megabytes * 10_000)") }
      results.add("logs of \(megabytes) MB", peer.name, all.seconds)
    }
    for _ in 1...3 {
      let tail = try peer.compose("logs", "--no-color", "--tail", "100", in: place)
      guard tail.output.split(separator: "\n").count == 100 else {
        throw Failure("\(peer.name): logs --tail 100 printed \(tail.output.prefix(500))")
      }
      results.add("logs --tail 100 of \(megabytes) MB", peer.name, tail.seconds)
    }
    try peer.compose("down", in: place)
  }

  /// Many write at once, and nothing is lost.
  func writers(_ peer: any Peer, _ results: inout Results) throws {
    let megabytes = isQuick ? 2 : 10
    let place = try place("writers", Stacks.writers(64, megabytes: megabytes), peer)
    let bytes = Double(64 * megabytes) * 1_000_000
    results.add("64 containers write \(megabytes) MB of log each", peer.name, bytes / (try write(64, peer, place)), .bytesPerSecond)
    var lines = 0
    _ = try peer.compose(["logs", "--no-color", "w64"], in: place).run { lines = try countLines($0) }
    guard lines == megabytes * 10_000 else { throw Failure("\(peer.name): \(lines) lines of log, not \(megabytes * 10_000)") }
    try peer.compose("down", in: place)
  }

  /// Brings writers up, lets them begin at once, and returns the seconds until the last has written.
  private func write(_ count: Int, _ peer: any Peer, _ place: String) throws -> Double {
    let directory = place + "/go"
    try? FileManager.default.removeItem(atPath: directory)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try peer.compose("up", "-d", in: place)
    let begin = now()
    try Data().write(to: URL(fileURLWithPath: directory + "/go"))
    try eventually(within: 600) {
      let done = try FileManager.default.contentsOfDirectory(atPath: directory).count - 1
      if done < count { throw Failure("\(peer.name): \(done) of \(count) containers have written") }
    }
    return now() - begin
  }

  private func countLines(_ file: String) throws -> Int {
    guard let handle = FileHandle(forReadingAtPath: file) else { throw Failure("\(file) cannot be read") }
    var count = 0
    while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
      count += block.withUnsafeBytes { bytes in bytes.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 } }
    }
    return count
  }
}
