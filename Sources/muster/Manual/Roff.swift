/// Text for `troff(1)` with the macros of `man(7)`.
enum Roff {
  /// A text as it shall be read, in one line: nothing of it is a request or an escape. A minus stays one, so that options can be copied.
  static func text(_ text: some StringProtocol) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "'": out += "\\(aq"
      case "`": out += "\\(ga"
      case "^": out += "\\(ha"
      case "~": out += "\\(ti"
      case "\"": out += "\\(dq"
      case "\n", "\t": out += " "
      case "\0"..."\u{1F}", "\u{7F}": continue
      case " "..."~": out.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        out += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      }
    }
    // The first character of a line may make it a request.
    return out.hasPrefix(".") ? "\\&" + out : out
  }

  static func bold(_ text: some StringProtocol) -> String { "\\fB\(Roff.text(text))\\fR" }
  static func italic(_ text: some StringProtocol) -> String { "\\fI\(Roff.text(text))\\fR" }
}
