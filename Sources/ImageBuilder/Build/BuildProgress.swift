import Synchronization

/// Progress in BuildKit's plain form: `#5 [2/4] RUN make`, its output, `#5 DONE 0.2s`.
final class BuildProgress: Sendable {
  private let emit: @Sendable (String) -> Void
  private let last = Mutex(0)

  init(_ emit: @escaping @Sendable (String) -> Void) { self.emit = emit }

  /// Tells what does not go as it was asked.
  func warn(_ text: String) { emit("[Warning] \(text)") }

  /// Announces a piece of work.
  func begin(_ name: String) -> Work {
    let number = last.withLock { last in
      last += 1
      return last
    }
    emit("#\(number) \(name)")
    return Work(number: number, start: .now, emit: emit)
  }

  /// One piece of work that has been announced.
  struct Work: Sendable {
    let number: Int
    let start: ContinuousClock.Instant
    let emit: @Sendable (String) -> Void

    func note(_ text: String) { emit("#\(number) \(text)") }
    /// A line that a program wrote.
    func line(_ text: String) { emit("#\(number) \(seconds(3)) \(text)") }
    func cached() { emit("#\(number) CACHED") }
    func done() { emit("#\(number) DONE \(seconds(1))s") }
    func failed(_ reason: String) { emit("#\(number) ERROR: \(reason)") }

    private func seconds(_ places: Int) -> String {
      let elapsed = ContinuousClock.now - start
      let parts = elapsed.components
      let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
      let fraction = String(milliseconds % 1000 + 1000).dropFirst().prefix(places)
      return "\(milliseconds / 1000).\(fraction)"
    }
  }
}

/// Cuts what a program writes into lines.
final class LineCutter: Sendable {
  private let rest = Mutex<[UInt8]>([])
  private let emit: @Sendable (String) -> Void
  /// Bytes after which a line without end is shown.
  private static let longest = 16384

  init(_ emit: @escaping @Sendable (String) -> Void) { self.emit = emit }

  func take(_ bytes: [UInt8]) {
    let lines = rest.withLock { rest in
      rest += bytes
      var lines: [String] = []
      while let end = rest.firstIndex(of: 0x0A) {
        lines.append(Self.text(rest[..<end]))
        rest.removeSubrange(...end)
      }
      if rest.count > Self.longest {
        lines.append(Self.text(rest[...]))
        rest = []
      }
      return lines
    }
    for line in lines { emit(line) }
  }

  /// The last line, when it had no end.
  func finish() {
    let line = rest.withLock { rest in
      defer { rest = [] }
      return rest.isEmpty ? nil : Self.text(rest[...])
    }
    if let line { emit(line) }
  }

  private static func text(_ line: ArraySlice<UInt8>) -> String {
    String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
  }
}
