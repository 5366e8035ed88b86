/// `--progress`.
public enum ProgressMode: String, Sendable, CaseIterable {
  /// `tty` on a terminal, else `plain`.
  case auto
  case tty
  case plain
  case quiet
  /// One JSON object a line.
  case json
}
