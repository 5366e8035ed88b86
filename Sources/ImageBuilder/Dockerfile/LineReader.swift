import Diagnostics

/// Cuts a Dockerfile into logical lines: directives, comments, continuations and here-documents.
struct LineReader {
  private let bytes: [UInt8]
  private let file: String
  private var offset = 0
  private var lineNumber = 0
  private(set) var escape: UInt8 = 0x5C
  /// Of the directive `check`.
  private(set) var check = LintOptions()

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  /// The comments of the form `# name=value` before anything else; returns the escape character.
  mutating func readDirectives() throws(DockerfileError) -> UInt8 {
    var seen: Set<String> = []
    while true {
      let before = (offset, lineNumber)
      guard let physical = nextPhysical(), let (name, value) = directive(physical), ["syntax", "escape", "check"].contains(name) else {
        (offset, lineNumber) = before
        return escape
      }
      let place = place(line: lineNumber, length: physical.count)
      guard seen.insert(name).inserted else { throw DockerfileError(place, "the directive \(name) is written twice") }
      switch name {
      case "escape":
        guard value == "\\" || value == "`", let byte = value.utf8.first else {
          throw DockerfileError(place, "escape is '\(value)'; it can only be \\ or `")
        }
        escape = byte
      case "syntax":
        let frontends = ["docker/dockerfile", "docker.io/docker/dockerfile", "docker/dockerfile-upstream"]
        let image = value.split(whereSeparator: { $0 == ":" || $0 == "@" }).first.map(String.init) ?? ""
        guard frontends.contains(image) else {
          throw DockerfileError(
            place, "the frontend '\(value)' cannot be run here", hint: "Muster reads Dockerfiles itself: docker/dockerfile")
        }
      case "check":
        do { check = try LintOptions(value) } catch { throw DockerfileError(place, error.message, hint: "check=skip=RULE,RULE;error=true") }
      default: break
      }
    }
  }

  /// The next instruction's line with its here-documents; nil at the end.
  mutating func next() throws(DockerfileError) -> (text: LogicalLine, heredocs: [Instruction.Heredoc])? {
    var line = LogicalLine(file: file)
    while let physical = nextPhysical() {
      let content = physical.indices.trimmed(in: physical)
      if content.isEmpty || physical[content.lowerBound] == 0x23 { continue }
      let isFirst = line.bytes.isEmpty
      let start = isFirst ? content.lowerBound : 0
      if let end = continuationEnd(physical) {
        line.append(physical[min(start, end)..<end], line: lineNumber, column: start + 1)
        continue
      }
      line.append(physical[start...], line: lineNumber, column: start + 1)
      break
    }
    guard line.bytes.contains(where: { !$0.isBlank }) else { return nil }
    return (line, try heredocs(of: line))
  }

  private mutating func heredocs(of line: LogicalLine) throws(DockerfileError) -> [Instruction.Heredoc] {
    var found: [Instruction.Heredoc] = []
    for opening in HeredocOpening.all(in: line, escape: escape) {
      var content: [UInt8] = []
      var isClosed = false
      while var physical = nextPhysical() {
        if opening.stripsTabs { physical.removeFirst(physical.prefix { $0 == 0x09 }.count) }
        if physical == Array(opening.name.utf8) {
          isClosed = true
          break
        }
        content += physical
        content.append(0x0A)
      }
      guard isClosed else {
        throw DockerfileError(line.range(opening.offsets), "the here-document \(opening.name) is not ended by a line with only that word")
      }
      found.append(.init(name: opening.name, isExpanded: opening.isExpanded, content: String(decoding: content, as: UTF8.self)))
    }
    return found
  }

  /// Where the line ends when an escape character before the line's end continues it; nil when it does not.
  private func continuationEnd(_ line: [UInt8]) -> Int? {
    guard let last = line.lastIndex(where: { !$0.isBlank }), line[last] == escape else { return nil }
    if last > 0, line[last - 1] == escape { return nil }
    return last
  }

  private mutating func nextPhysical() -> [UInt8]? {
    guard offset < bytes.count else { return nil }
    let end = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
    var line = Array(bytes[offset..<end])
    if line.last == 0x0D { line.removeLast() }
    offset = end + 1
    lineNumber += 1
    return line
  }

  private func directive(_ line: [UInt8]) -> (name: String, value: String)? {
    guard line.first == 0x23, let equals = line.firstIndex(of: 0x3D) else { return nil }
    let name = (1..<equals).trimmed(in: line)
    let value = (equals + 1..<line.count).trimmed(in: line)
    guard !name.isEmpty, line[name].allSatisfy({ (97...122).contains($0 | 0x20) }) else { return nil }
    return (String(decoding: line[name], as: UTF8.self).lowercased(), String(decoding: line[value], as: UTF8.self))
  }

  private func place(line: Int, length: Int) -> SourceRange {
    SourceRange(file: file, start: .init(line: line, column: 1), end: .init(line: line, column: length + 1))
  }
}
