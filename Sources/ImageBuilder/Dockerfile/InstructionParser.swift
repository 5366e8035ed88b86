import Diagnostics

/// Turns one logical line into an instruction.
struct InstructionParser {
  let line: LogicalLine
  let heredocs: [Instruction.Heredoc]
  let escape: UInt8

  func instruction() throws(DockerfileError) -> Instruction {
    let bytes = line.bytes
    let word = 0..<(bytes.firstIndex { $0.isBlank } ?? bytes.count)
    let written = line.text(word)
    guard let keyword = Keyword(rawValue: written.uppercased()) else {
      let near = Keyword.nearest(to: written)
      throw DockerfileError(
        line.range(word), "unknown instruction \(written.prefix(40))", hint: near.map { "did you mean \($0.rawValue)?" })
    }
    let (flags, rest) = try self.flags(of: keyword, from: word.upperBound)
    let text = keyword.rawValue + " " + line.text((word.upperBound..<bytes.count).trimmed(in: bytes))
    let body = try body(keyword, rest.trimmed(in: bytes))
    return Instruction(
      keyword: keyword, range: line.range((0..<bytes.count).trimmed(in: bytes)), flags: flags, body: body, heredocs: heredocs,
      text: text)
  }

  private func flags(of keyword: Keyword, from start: Int) throws(DockerfileError) -> ([Instruction.Flag], Range<Int>) {
    var flags: [Instruction.Flag] = []
    let bytes = line.bytes
    for word in QuotedWords.offsets(in: bytes, start..<bytes.count, escape: escape) {
      guard bytes[word].starts(with: [0x2D, 0x2D]) else { return (flags, word.lowerBound..<bytes.count) }
      if word.count == 2 { return (flags, word.upperBound..<bytes.count) }
      let text = line.text(word).dropFirst(2)
      let equals = text.firstIndex(of: "=") ?? text.endIndex
      let name = String(text[..<equals])
      guard keyword.flags.contains(name) else {
        let known = keyword.flags.map { "--" + $0 }.joined(separator: ", ")
        throw DockerfileError(
          line.range(word), "\(keyword.rawValue) --\(name) is not supported",
          hint: known.isEmpty ? "\(keyword.rawValue) has no flags here" : "flags of \(keyword.rawValue) here: \(known)")
      }
      var value = equals < text.endIndex ? String(text[text.index(after: equals)...]) : nil
      if Keyword.switches.contains(name) {
        // As Go's strconv.ParseBool.
        switch value {
        case nil, "1", "t", "T", "true", "TRUE", "True": value = "true"
        case "0", "f", "F", "false", "FALSE", "False": value = "false"
        default: throw DockerfileError(line.range(word), "--\(name) is true or false, not '\(value ?? "")'")
        }
      }
      guard let value else { throw DockerfileError(line.range(word), "--\(name) needs a value: --\(name)=…") }
      guard Keyword.repeatable.contains(name) || !flags.contains(where: { $0.name == name }) else {
        throw DockerfileError(line.range(word), "--\(name) is written twice")
      }
      flags.append(.init(name: name, value: value, range: line.range(word)))
    }
    return (flags, bytes.count..<bytes.count)
  }

  private func body(_ keyword: Keyword, _ rest: Range<Int>) throws(DockerfileError) -> Instruction.Body {
    let text = line.text(rest)
    guard !rest.isEmpty else { throw fail(rest, "\(keyword.rawValue) needs an argument") }
    switch keyword {
    case .from: return try from(rest)
    case .run, .cmd, .entrypoint: return .command(command(text))
    case .env, .label: return .pairs(try pairs(rest, keyword))
    case .arg: return .pairs(try arguments(rest))
    case .copy, .add:
      let words = command(text).words
      guard words.count >= 2 else { throw fail(rest, "\(keyword.rawValue) needs a source and a destination") }
      return .words(words)
    case .volume:
      let words = command(text).words
      guard words.allSatisfy({ !$0.isEmpty }), !words.isEmpty else { throw fail(rest, "VOLUME names no directory") }
      return .words(words)
    case .expose: return .words(Command.shell(text).words)
    case .user, .workdir, .stopSignal, .maintainer: return .text(text)
    case .healthcheck: return .health(try health(rest))
    case .shell:
      guard let arguments = JSONStrings.parse(Substring(text)), !arguments.isEmpty else {
        throw fail(rest, "SHELL needs the exec form", hint: "SHELL [\"/bin/bash\", \"-c\"]")
      }
      return .shell(arguments)
    case .onBuild: return .onBuild(try trigger(rest))
    }
  }

  private func from(_ rest: Range<Int>) throws(DockerfileError) -> Instruction.Body {
    let words = QuotedWords.offsets(in: line.bytes, rest, escape: escape)
    if words.count == 1 { return .from(image: line.text(words[0]), stage: nil) }
    guard words.count == 3, line.text(words[1]).uppercased() == "AS" else { throw fail(rest, "FROM takes IMAGE or IMAGE AS NAME") }
    let stage = line.text(words[2]).lowercased()
    let isName =
      stage.utf8.first.map { (97...122).contains($0) } ?? false
      && stage.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || [0x5F, 0x2D, 0x2E].contains($0) }
    guard isName else {
      throw fail(words[2], "'\(stage)' is no stage name", hint: "a letter, then letters, digits, '_', '-' and '.'")
    }
    guard stage != "scratch" else { throw fail(words[2], "a stage cannot be named scratch") }
    return .from(image: line.text(words[0]), stage: stage)
  }

  private func command(_ text: String) -> Command {
    guard text.utf8.first == 0x5B, let arguments = JSONStrings.parse(Substring(text)) else { return .shell(text) }
    return .exec(arguments)
  }

  /// `A=1 B="2 3"`, or the old `A everything else`.
  private func pairs(_ rest: Range<Int>, _ keyword: Keyword) throws(DockerfileError) -> [Instruction.Pair] {
    let words = QuotedWords.offsets(in: line.bytes, rest, escape: escape)
    guard let first = words.first else { throw fail(rest, "\(keyword.rawValue) needs a name and a value") }
    if !line.bytes[first].contains(0x3D) {
      let value = line.text((first.upperBound..<rest.upperBound).trimmed(in: line.bytes))
      guard words.count > 1 else { throw fail(first, "\(keyword.rawValue) \(line.text(first)) has no value", hint: "NAME=VALUE") }
      return [.init(name: line.text(first), value: value)]
    }
    var pairs: [Instruction.Pair] = []
    for word in words {
      let text = line.text(word)
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw fail(word, "'\(text)' is not NAME=VALUE", hint: "put the whole value in quotes if it has blanks")
      }
      pairs.append(.init(name: String(text[..<equals]), value: String(text[text.index(after: equals)...])))
    }
    return pairs
  }

  private func arguments(_ rest: Range<Int>) throws(DockerfileError) -> [Instruction.Pair] {
    var pairs: [Instruction.Pair] = []
    for word in QuotedWords.offsets(in: line.bytes, rest, escape: escape) {
      let text = line.text(word)
      let equals = text.firstIndex(of: "=") ?? text.endIndex
      guard equals > text.startIndex else { throw fail(word, "ARG has a value without a name") }
      pairs.append(
        .init(name: String(text[..<equals]), value: equals < text.endIndex ? String(text[text.index(after: equals)...]) : nil))
    }
    return pairs
  }

  private func health(_ rest: Range<Int>) throws(DockerfileError) -> Command? {
    let word = rest.lowerBound..<(line.bytes[rest].firstIndex { $0.isBlank } ?? rest.upperBound)
    let after = (word.upperBound..<rest.upperBound).trimmed(in: line.bytes)
    switch line.text(word).uppercased() {
    case "NONE":
      guard after.isEmpty else { throw fail(after, "HEALTHCHECK NONE takes no argument") }
      return nil
    case "CMD":
      guard !after.isEmpty else { throw fail(word, "HEALTHCHECK CMD needs a command") }
      return command(line.text(after))
    case let other:
      throw fail(word, "HEALTHCHECK takes CMD or NONE, not \(other.prefix(40))")
    }
  }

  private func trigger(_ rest: Range<Int>) throws(DockerfileError) -> String {
    let word = rest.lowerBound..<(line.bytes[rest].firstIndex { $0.isBlank } ?? rest.upperBound)
    let name = line.text(word).uppercased()
    guard Keyword(rawValue: name) != nil else { throw fail(word, "unknown instruction \(name.prefix(40)) after ONBUILD") }
    guard !["ONBUILD", "FROM", "MAINTAINER"].contains(name) else { throw fail(word, "\(name) cannot be an ONBUILD trigger") }
    guard heredocs.isEmpty else { throw fail(rest, "a here-document cannot follow ONBUILD") }
    return line.text(rest)
  }

  private func fail(_ offsets: Range<Int>, _ message: String, hint: String? = nil) -> DockerfileError {
    DockerfileError(line.range(offsets), message, hint: hint)
  }
}

extension Command {
  /// The arguments of the exec form, or the text cut at blanks: quotes have no meaning to COPY, ADD, VOLUME and EXPOSE.
  var words: [String] {
    switch self {
    case .exec(let arguments): arguments
    case .shell(let text): text.utf8.split(whereSeparator: \.isBlank).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
