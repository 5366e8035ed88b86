/// Whether and how text is coloured. What decides it comes in as values, so that a test needs no terminal.
public struct Style: Sendable, Equatable {
  public var hasColour: Bool
  public init(hasColour: Bool) { self.hasColour = hasColour }

  /// Colour on a terminal, unless `--no-color`, a `NO_COLOR` that is not empty (no-color.org) or `TERM=dumb` says no.
  public init(isTerminal: Bool, environment: [String: String], noColour: Bool = false) {
    let isRefused = noColour || environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
    hasColour = isTerminal && !isRefused
  }

  public static let plain = Style(hasColour: false)

  /// The colours that are used, by their ANSI numbers.
  public enum Colour: String, Sendable {
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
    case brightRed = "91"
    case brightGreen = "92"
    case brightYellow = "93"
    case brightBlue = "94"
    case brightMagenta = "95"
    case brightCyan = "96"
  }

  /// The text in a colour, or as it is.
  public func paint(_ text: String, _ colour: Colour) -> String {
    hasColour && !text.isEmpty ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}
