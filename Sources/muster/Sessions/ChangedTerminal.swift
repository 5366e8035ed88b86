import Glibc

/// Standard input's terminal with other settings (`termios(3)`), until `restore`; also a signal that ends this program gives them back.
struct ChangedTerminal: Sendable {
  private let before: termios
  private let action: Int32

  /// nil: standard input is no terminal.
  ///
  /// - Parameter action: When a change takes place, as of `tcsetattr(3)`.
  init?(_ action: Int32 = TCSADRAIN, _ change: (inout termios) -> Void) {
    var settings = termios()
    guard tcgetattr(0, &settings) == 0 else { return nil }
    before = settings
    self.action = action
    // First: no signal is to come in between.
    EndingSignals.giveBack(settings)
    change(&settings)
    guard tcsetattr(0, action, &settings) == 0 else {
      EndingSignals.letEnd()
      return nil
    }
  }

  /// Without line editing, echo and signals of its own.
  static func raw() -> ChangedTerminal? { ChangedTerminal { cfmakeraw(&$0) } }

  /// What is typed is not seen.
  static func withoutEcho() -> ChangedTerminal? { ChangedTerminal(TCSAFLUSH) { $0.c_lflag &= ~tcflag_t(ECHO) } }

  func restore() {
    var settings = before
    tcsetattr(0, action, &settings)
    EndingSignals.letEnd()
  }
}

/// What the signals do by which people and systems end a program.
enum EndingSignals {
  private static let numbers = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
  /// Read by signal handlers, which may take no lock.
  nonisolated(unsafe) private static let settings = UnsafeMutablePointer<termios>.allocate(capacity: 1)

  /// From now on they end this program, as Docker's, with 128 and their number, the terminal set so.
  ///
  /// The handler does it itself: one that only told it would not be heard while a write to the terminal is stuck. All that it calls may be called by
  /// one (`signal-safety(7)`).
  fileprivate static func giveBack(_ before: termios) {
    settings.initialize(to: before)
    for number in numbers {
      signal(number) { number in
        // Not stopped for it, in the background.
        signal(SIGTTOU, SIG_IGN)
        tcsetattr(0, TCSANOW, EndingSignals.settings)
        _exit(128 + number)
      }
    }
  }

  /// They end this program as they end any.
  static func letEnd() { for number in numbers { signal(number, SIG_DFL) } }
}
