import Diagnostics

/// A Dockerfile as its instructions (Dockerfile reference, with BuildKit's parser as the model).
public struct Dockerfile: Sendable, Equatable {
  /// The escape character, `\` unless a directive says '`'.
  public var escape: UInt8
  public var instructions: [Instruction]
  /// What is told about it when it is checked.
  public var check: LintOptions

  /// Bytes above which a Dockerfile is refused.
  static let limit = 4 << 20

  /// Throws the first thing that is wrong with it and its place; `file` is only a name for messages.
  public init(parsing bytes: [UInt8], file: String) throws(DockerfileError) {
    guard bytes.count <= Dockerfile.limit else {
      throw DockerfileError(Dockerfile.start(of: file), "the file is larger than 4 MiB")
    }
    var lines = LineReader(bytes: bytes, file: file)
    escape = try lines.readDirectives()
    check = lines.check
    instructions = []
    while let line = try lines.next() {
      instructions.append(try InstructionParser(line: line.text, heredocs: line.heredocs, escape: escape).instruction())
    }
    try checkOrder(file: file)
  }

  /// One instruction alone, as ONBUILD stores it; `place` is where it is told to stand.
  static func trigger(_ text: String, file: String) throws(DockerfileError) -> Instruction {
    var lines = LineReader(bytes: Array(text.utf8), file: file)
    guard let line = try lines.next() else { throw DockerfileError(start(of: file), "ONBUILD has no instruction") }
    return try InstructionParser(line: line.text, heredocs: line.heredocs, escape: 0x5C).instruction()
  }

  static func start(of file: String) -> SourceRange {
    let position = SourceRange.Position(line: 1, column: 1)
    return SourceRange(file: file, start: position, end: position)
  }

  private func checkOrder(file: String) throws(DockerfileError) {
    var hasStage = false
    for instruction in instructions {
      if instruction.keyword == .from {
        hasStage = true
      } else if !hasStage, instruction.keyword != .arg {
        throw DockerfileError(
          instruction.range, "\(instruction.keyword.rawValue) stands before the first FROM", hint: "only ARG may stand there")
      }
    }
    guard hasStage else { throw DockerfileError(Dockerfile.start(of: file), "the file has no FROM") }
  }
}
