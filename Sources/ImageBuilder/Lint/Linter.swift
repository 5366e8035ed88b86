import Diagnostics
import OCI
import StackModel

/// Holds a Dockerfile against the rules that it alone decides, as BuildKit's `--check` does. Nothing is built and nothing is fetched.
struct Linter {
  /// The environment and shell of images that are known; nil: it is not known what variables it sets.
  typealias Known = (String) -> ImageConfig.Execution?

  private let file: Dockerfile
  private let lines: [String]
  private let arguments: [String: String]
  private let known: Known
  private let options: LintOptions
  private var found: [(order: Int, warning: BuildCheck.Warning)] = []
  /// Of the ARGs before the first FROM: with the build's arguments, and with their defaults alone.
  private var globals = PlatformArguments.values
  private var defaults = PlatformArguments.values
  private var declaredGlobals = Set(PlatformArguments.values.keys)
  private var stages: [LintStage] = []
  private var stage: LintStage?

  /// - Parameter lines: The file's, without their ends.
  static func warnings(
    in file: Dockerfile, lines: [String], arguments: [String: String] = [:], options: LintOptions = LintOptions(),
    known: @escaping Known = { _ in nil }
  ) -> [BuildCheck.Warning] {
    var linter = Linter(file: file, lines: lines, arguments: arguments, known: known, options: options)
    linter.run()
    // Of one line: in the order in which they were found.
    return linter.found.sorted { ($0.warning.range.start.line, $0.order) < ($1.warning.range.start.line, $1.order) }.map { $0.warning }
  }

  private init(file: Dockerfile, lines: [String], arguments: [String: String], known: @escaping Known, options: LintOptions) {
    (self.file, self.lines, self.arguments, self.known, self.options) = (file, lines, arguments, known, options)
  }

  private mutating func warn(_ rule: LintRule, _ detail: String, at instruction: Instruction) {
    guard !options.skips(rule) else { return }
    let warning = BuildCheck.Warning(rule: rule.rawValue, url: rule.url, detail: detail, range: instruction.range)
    found.append((found.count, warning))
  }

  private mutating func run() {
    checkCasing()
    for instruction in file.instructions {
      checkContinuations(instruction)
      if case .from(let image, _) = instruction.body {
        begin(image, instruction)
      } else if stage == nil {
        declareGlobals(instruction)
      } else {
        check(instruction)
      }
    }
  }

  // MARK: The words as they are written

  /// The keyword as it is written.
  private func written(_ instruction: Instruction) -> String {
    let start = instruction.range.start
    guard lines.indices.contains(start.line - 1) else { return instruction.keyword.rawValue }
    let rest = lines[start.line - 1].unicodeScalars.dropFirst(start.column - 1)
    return String(String.UnicodeScalarView(rest.prefix(instruction.keyword.rawValue.unicodeScalars.count)))
  }

  private mutating func checkCasing() {
    // The ARGs before the first FROM belong to no stage and are not counted.
    let counted = Array(file.instructions.drop { $0.keyword != .from })
    let words = counted.map(written)
    let lower = words.count { $0 == $0.lowercased() }
    let upper = words.count { $0 == $0.uppercased() }
    for (word, instruction) in zip(words, counted) {
      guard word != (lower > upper ? word.lowercased() : word.uppercased()) else { continue }
      warn(
        .consistentInstructionCasing,
        "Command '\(word)' should match the case of the command majority (\(lower > upper ? "lowercase" : "uppercase"))", at: instruction)
    }
  }

  /// Empty lines after one that is continued.
  private mutating func checkContinuations(_ instruction: Instruction) {
    let first = instruction.range.start.line
    func isEmpty(_ number: Int) -> Bool { lines.indices.contains(number - 1) && lines[number - 1].utf8.allSatisfy(\.isBlank) }
    var last = max(first, instruction.range.end.line)
    // What goes on into nothing ends where it begins.
    if lines.indices.contains(last - 1), lines[last - 1].utf8.last(where: { !$0.isBlank }) == file.escape, isEmpty(last + 1) { last += 1 }
    guard last > first, (first + 1...last).contains(where: isEmpty) else { return }
    warn(.noEmptyContinuation, "Empty continuation line", at: instruction)
  }

  // MARK: FROM

  private mutating func begin(_ image: String, _ from: Instruction) {
    checkName(from)
    let text = expanded(image, globals)
    checkArguments(of: image, from)
    if Expansion.plainNames(in: image, escape: file.escape).isEmpty == false {
      let base = expanded(image, defaults)
      if base.isEmpty || (try? ImageReference(base)) == nil {
        warn(.invalidDefaultArgInFrom, "Default value for ARG \(image) results in empty or invalid base image name", at: from)
      }
    }
    if let flag = from.flag("platform") { checkPlatform(flag.value, from) }
    if let stage { stages.append(stage) }
    var next = LintStage()
    if let base = (stages.last { $0.name == text.lowercased() }) {
      next.inherit(base)
    } else if text == "scratch" {
      next.isKnown = true
    } else if let execution = known(text) {
      next.inherit(execution)
    }
    if case .from(_, let name?) = from.body { next.name = name }
    stage = next
  }

  private mutating func checkName(_ from: Instruction) {
    let bytes = Array(from.text.utf8)
    let words = QuotedWords.offsets(in: bytes, 0..<bytes.count, escape: file.escape).map { String(decoding: bytes[$0], as: UTF8.self) }
    guard case .from(_, let name?) = from.body, words.count >= 3, let asWritten = words.last else { return }
    let (keyword, conjunction) = (written(from), words[words.count - 2])
    if conjunction != (keyword == keyword.lowercased() ? conjunction.lowercased() : conjunction.uppercased()) {
      warn(.fromAsCasing, "'\(conjunction)' and '\(keyword)' keywords' casing do not match", at: from)
    }
    if asWritten != name { warn(.stageNameCasing, "Stage name '\(asWritten)' should be lowercase", at: from) }
    if name == "context" || name == "scratch" {
      warn(.reservedStageName, "Stage name should not use the same name as reserved stage \"\(name)\"", at: from)
    }
    if (stages + [stage].compactMap { $0 }).contains(where: { $0.name == name }) {
      warn(.duplicateStageName, "Duplicate stage name \"\(name)\", stage names should be unique", at: from)
    }
  }

  /// Variables of a FROM are ARGs from before it, or tell of platforms.
  private mutating func checkArguments(of text: String, _ from: Instruction) {
    for name in Expansion.plainNames(in: text, escape: file.escape) where !declaredGlobals.contains(name) {
      let near = nearestName(to: name, among: declaredGlobals)
      warn(.undefinedArgInFrom, "FROM argument '\(name)' is not declared" + (near.map { " (did you mean \($0)?)" } ?? ""), at: from)
    }
  }

  private mutating func checkPlatform(_ text: String, _ from: Instruction) {
    checkArguments(of: text, from)
    let value = expanded(text, globals)
    if Expansion.plainNames(in: text, escape: file.escape) == ["TARGETPLATFORM"], value == globals["TARGETPLATFORM"] {
      warn(
        .redundantTargetPlatform, "Setting platform to predefined \(text) in FROM is redundant as this is the default behavior", at: from)
    }
    guard !text.utf8.contains(0x24), let platform = Platform(value) else { return }
    var name = ""
    if case .from(_, let stage?) = from.body { name = stage }
    // A stage that says what platform it is for is meant for that one.
    guard !name.contains(platform.os), !name.contains(platform.architecture) else { return }
    warn(.fromPlatformFlagConstDisallowed, "FROM --platform flag should not use constant value \"\(value)\"", at: from)
  }

  private mutating func declareGlobals(_ instruction: Instruction) {
    guard case .pairs(let pairs) = instruction.body else { return }
    for pair in pairs {
      declaredGlobals.insert(pair.name)
      if let value = pair.value { defaults[pair.name] = expanded(value, defaults) }
      if let value = arguments[pair.name] ?? pair.value.map({ expanded($0, globals) }) { globals[pair.name] = value }
    }
  }

  // MARK: In a stage

  private mutating func check(_ instruction: Instruction) {
    switch instruction.body {
    case .pairs(let pairs) where instruction.keyword == .arg:
      for pair in pairs {
        checkSecret(pair.name, instruction)
        checkVariables(of: [pair.value ?? ""], instruction)
        let value = arguments[pair.name] ?? pair.value.map { expand($0) } ?? globals[pair.name]
        stage?.declare(pair.name, value)
      }
    case .pairs(let pairs):
      checkVariables(of: pairs.flatMap { [$0.name, $0.value ?? ""] }, instruction)
      if isLegacy(instruction) {
        let word = written(instruction)
        warn(.legacyKeyValueFormat, "\"\(word) key=value\" should be used instead of legacy \"\(word) key value\" format", at: instruction)
      }
      guard instruction.keyword == .env else { return }
      let values = pairs.map { (expand($0.name), expand($0.value ?? "")) }
      for (name, value) in values {
        checkSecret(name, instruction)
        stage?.set(name, value)
      }
    case .command(let command):
      guard instruction.keyword != .run else { return }
      checkOnce(instruction)
      guard case .shell = command, stage?.hasShell == false else { return }
      warn(
        .jsonArgsRecommended,
        "JSON arguments recommended for \(written(instruction)) to prevent unintended behavior related to OS signals", at: instruction)
    case .health: checkOnce(instruction)
    case .shell: stage?.hasShell = true
    case .words(let words) where instruction.keyword == .expose: checkPorts(words, instruction)
    case .words(let words):
      checkVariables(of: words + instruction.flags.filter { ["chown", "chmod"].contains($0.name) }.map(\.value), instruction)
    case .text where instruction.keyword == .maintainer:
      warn(.maintainerDeprecated, "Maintainer instruction is deprecated in favor of using label", at: instruction)
    case .text(let text):
      checkVariables(of: [text], instruction)
      if instruction.keyword == .workdir { checkDirectory(text, instruction) }
    case .from, .onBuild: return
    }
  }

  private mutating func checkDirectory(_ text: String, _ instruction: Instruction) {
    guard let now = stage, !now.hasDirectory else { return }
    stage?.hasDirectory = true
    let path = expand(text)
    let isTold = now.isKnown || Expansion.plainNames(in: text, escape: file.escape).allSatisfy { now.values[$0] != nil }
    guard isTold, !path.hasPrefix("/") else { return }
    warn(
      .workdirRelativePath, "Relative workdir \"\(path)\" can have unexpected results if the base image changes", at: instruction)
  }

  private mutating func checkPorts(_ words: [String], _ instruction: Instruction) {
    guard let values = stage?.values else { return }
    for word in words {
      for port in (try? Expansion.words(word, escape: file.escape) { values[$0] }) ?? [] {
        let kind = port.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
        if kind != kind.lowercased() {
          warn(.exposeProtoCasing, "Defined protocol '\(port)' in EXPOSE instruction should be lowercase", at: instruction)
        }
        if port.contains(":") {
          warn(
            .exposeInvalidFormat, "EXPOSE instruction should not define an IP address or host-port mapping, found '\(port)'",
            at: instruction)
        }
      }
    }
  }

  /// The last one of its kind counts; those before it are told of.
  private mutating func checkOnce(_ instruction: Instruction) {
    if let before = stage?.once[instruction.keyword] {
      let word = written(instruction)
      warn(
        .multipleInstructionsDisallowed,
        "Multiple \(word) instructions should not be used in the same stage because only the last one will be used", at: before)
    }
    stage?.once[instruction.keyword] = instruction
  }

  /// One of the words of a name, as `_` parts it, says that its value is nobody's business.
  private mutating func checkSecret(_ name: String, _ instruction: Instruction) {
    let words = Set(name.lowercased().split(separator: "_", omittingEmptySubsequences: false).map(String.init))
    let secret: Set = ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"]
    guard !words.isDisjoint(with: secret), words.isDisjoint(with: ["public", "file", "version"]) else { return }
    let keyword = instruction.keyword.rawValue
    warn(.secretsUsedInArgOrEnv, "Do not use ARG or ENV instructions for sensitive data (\(keyword) \"\(name)\")", at: instruction)
  }

  /// Only where all variables are known that the base image may set.
  private mutating func checkVariables(of texts: [String], _ instruction: Instruction) {
    guard let stage, stage.isKnown else { return }
    var told: Set<String> = []
    for name in texts.flatMap({ Expansion.plainNames(in: $0, escape: file.escape) })
    where stage.values[name] == nil && !stage.declared.contains(name) && told.insert(name).inserted {
      let near = nearestName(to: name, among: stage.values.keys)
      warn(.undefinedVar, "Usage of undefined variable '$\(name)'" + (near.map { " (did you mean $\($0)?)" } ?? ""), at: instruction)
    }
  }

  /// `ENV name value`.
  private func isLegacy(_ instruction: Instruction) -> Bool {
    let bytes = Array(instruction.text.utf8)
    let words = QuotedWords.offsets(in: bytes, 0..<bytes.count, escape: file.escape)
    return words.count > 1 && !bytes[words[1]].contains(0x3D)
  }

  private func expand(_ text: String) -> String { expanded(text, stage?.values ?? [:]) }

  /// What cannot be expanded stays as it is: a build tells of it.
  private func expanded(_ text: String, _ values: [String: String]) -> String {
    (try? Expansion.word(text, escape: file.escape) { values[$0] }) ?? text
  }
}
