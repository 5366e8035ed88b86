/// A place in a file that a user wrote. Lines and columns count from 1; columns count Unicode scalars.
public struct SourceRange: Sendable, Codable, Hashable, CustomStringConvertible {
  public struct Position: Sendable, Codable, Hashable {
    public var line: Int
    public var column: Int
    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }
  /// As the user named it, or absolute.
  public var file: String
  public var start: Position
  /// One past the last column.
  public var end: Position
  public init(file: String, start: Position, end: Position) {
    self.file = file
    self.start = start
    self.end = end
  }
  /// `compose.yaml:14:9`.
  public var description: String { "\(file):\(start.line):\(start.column)" }
}
