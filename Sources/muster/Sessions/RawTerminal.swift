import Glibc

/// Standard input's terminal without line editing, echo and signals of its own (`termios(3)`, raw mode), until `restore`.
struct RawTerminal: Sendable {
  private let before: termios

  /// nil: standard input is no terminal.
  init?() {
    var settings = termios()
    guard tcgetattr(0, &settings) == 0 else { return nil }
    before = settings
    cfmakeraw(&settings)
    guard tcsetattr(0, TCSADRAIN, &settings) == 0 else { return nil }
  }

  func restore() {
    var settings = before
    tcsetattr(0, TCSADRAIN, &settings)
  }
}
