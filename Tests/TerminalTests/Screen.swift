/// What a terminal would show: understands just what progress writes, and complains about anything else.
struct Screen {
  private(set) var lines: [String] = [""]
  private(set) var isCursorVisible = true
  private(set) var complaints: [String] = []
  private var row = 0
  /// The most rows that were between the cursor and a place it went back to.
  private(set) var highestJump = 0

  init(_ text: String) {
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\n":
        row += 1
        if row == lines.count { lines.append("") }
      case "\r": lines[row] = lines[row]
      case "\u{1B}":
        let sequence = rest.prefix { !$0.isLetter }
        rest = rest.dropFirst(sequence.count)
        obey(String(sequence), rest.popFirst() ?? "?")
      default: lines[row].append(character)
      }
    }
  }

  private mutating func obey(_ parameters: String, _ command: Character) {
    switch (parameters, command) {
    case ("[?25", "l"): isCursorVisible = false
    case ("[?25", "h"): isCursorVisible = true
    case ("[", "J"):
      lines.removeSubrange((row + 1)...)
      lines[row] = ""
    case (_, "A"):
      let count = Int(parameters.dropFirst()) ?? 1
      highestJump = max(highestJump, count)
      if count > row { complaints.append("went up \(count) rows from row \(row)") }
      row = max(0, row - count)
    case (_, "m"): break
    default: complaints.append("ESC \(parameters)\(command)")
    }
  }

  /// Without the empty line that the cursor is on.
  var text: String { lines.joined(separator: "\n") }
}
