extension Group {
  var memoryLimit: Int64? {
    for place in places {
      // `max`, or what version 1 has for it, is more than any machine has.
      if let bytes = place.directory.number("memory.max") ?? place.directory.number("memory.limit_in_bytes"), bytes < 1 << 60 {
        return bytes
      }
    }
    return nil
  }

  func blockUsage() -> [BlockUsage] {
    for place in places {
      if let text = try? place.directory.read("io.stat") { return Self.unified(text) }
      for file in ["blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_service_bytes"] {
        if let text = try? place.directory.read(file) { return Self.legacy(text) }
      }
    }
    return []
  }

  /// `8:0 rbytes=1 wbytes=2 rios=3 …`
  private static func unified(_ text: String) -> [BlockUsage] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let first = words.first, var usage = device(first) else { return nil }
      for word in words.dropFirst() {
        let parts = word.split(separator: "=")
        guard parts.count == 2, let value = Int64(parts[1]) else { continue }
        if parts[0] == "rbytes" { usage.read = value }
        if parts[0] == "wbytes" { usage.written = value }
      }
      return usage
    }
  }

  /// `8:0 Read 1`, a line a direction, and sums after it.
  private static func legacy(_ text: String) -> [BlockUsage] {
    var found: [BlockUsage] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let usage = device(words[0]), let value = Int64(words[2]) else { continue }
      let index = found.firstIndex { $0.major == usage.major && $0.minor == usage.minor } ?? found.count
      if index == found.count { found.append(usage) }
      if words[1] == "Read" { found[index].read = value }
      if words[1] == "Write" { found[index].written = value }
    }
    return found
  }

  private static func device(_ text: Substring) -> BlockUsage? {
    let numbers = text.split(separator: ":").compactMap { Int($0) }
    return numbers.count == 2 ? BlockUsage(major: numbers[0], minor: numbers[1], read: 0, written: 0) : nil
  }
}
