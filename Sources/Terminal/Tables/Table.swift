import Diagnostics

/// Columns of text under headings, three spaces apart, as Docker's commands print them.
public struct Table: Sendable, Equatable {
  public var headings: [String]
  public var rows: [[String]]
  public init(_ headings: [String], rows: [[String]] = []) {
    self.headings = headings
    self.rows = rows
  }

  /// The text, each line with its end. Control characters in cells are written out.
  public func render(hasHeadings: Bool = true) -> String {
    let lines = (hasHeadings ? [headings] : []) + rows.map { $0.map(visible) }
    var widths: [Int] = []
    for line in lines {
      for (column, cell) in line.enumerated() {
        if column == widths.count { widths.append(Self.minimum) }
        widths[column] = max(widths[column], cell.count + Self.gap)
      }
    }
    return lines.map { line in
      var text = zip(line, widths).map { $0.padded(to: $1) }.joined()
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }.joined()
  }

  private static let gap = 3
  private static let minimum = 10
}
