/// One end of a copy, as Docker reads it.
enum CopySide: Equatable {
  /// A name before the first colon.
  case container(String, path: String)
  /// A path of this machine, or `-`.
  case local(String)

  /// What begins with a slash or a dot is a path, whatever colons are in it.
  init(_ text: String) {
    guard !text.hasPrefix("/"), !text.hasPrefix("."), let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
      self = .local(text)
      return
    }
    let path = String(text[text.index(after: colon)...])
    self = .container(String(text[..<colon]), path: path.isEmpty ? "/" : path)
  }
}
