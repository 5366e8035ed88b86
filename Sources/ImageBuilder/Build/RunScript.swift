/// A here-document that is a program of its own (`RUN <<EOF` with `#!` first).
struct RunScript: Sendable, Equatable {
  /// Where the container sees it.
  var path: String
  var content: String
}
