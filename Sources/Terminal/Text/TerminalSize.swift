/// How many rows and columns a terminal has.
public struct TerminalSize: Sendable, Equatable {
  public var rows: Int
  public var columns: Int
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
  /// What a terminal has that does not say.
  public static let standard = TerminalSize(rows: 24, columns: 80)
}
