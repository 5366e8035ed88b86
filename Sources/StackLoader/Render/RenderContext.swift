/// What rendering needs to know beside the tree.
struct RenderContext: Sendable {
  var format: ConfigFormat
  var options: ConfigOptions
  /// `$HOME`, for `~`.
  var home: String?
  /// False: variables are still in the values, so that most of them cannot be read.
  var interpolates: Bool
  /// Not told, also where only rendering brings them in.
  var secrets: SecretValues

  /// Where a path leads; as it is written under `--no-path-resolution`. A path that starts at the root stays as it is.
  func path(_ node: Node) -> Node {
    guard options.resolvesPaths, let text = node.text, !text.isEmpty, !text.hasPrefix("/") else { return node }
    if !interpolates, text.hasPrefix("$") { return node }
    return node.with(Paths.absolute(text, in: node.place.origin.directory, home: home))
  }
}
