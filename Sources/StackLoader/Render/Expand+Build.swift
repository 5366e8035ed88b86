extension Forms {
  /// A text is the context; the context is complete, and the Dockerfile has a name.
  static func longBuild(_ node: Node, _ context: RenderContext) -> Node {
    guard node.mapping != nil || node.text != nil else { return node }
    var long = node.mapping == nil ? node.mapping(of: [("context", node)]) : node
    let written = long["context"].flatMap { $0.text == nil ? nil : $0 } ?? node.with(".")
    long = long.setting("context", isElsewhere(written.text ?? "") ? written : context.path(written))
    if context.options.normalizes, isEmpty(long["dockerfile"]), isEmpty(long["dockerfile_inline"]) {
      long = long.setting("dockerfile", node.with("Dockerfile"))
    }
    return long
  }

  /// Arguments without a value are those of whoever builds; there are none without.
  static func buildArguments(_ node: Node, _ context: RenderContext) -> Node {
    guard context.options.normalizes, let mapping = keyed(node).mapping else { return node }
    let environment = node.place.origin.environment
    return node.with(
      .mapping(
        mapping.mapValues { entry in
          guard entry.value.isNull, let value = environment[entry.key] else { return entry.value }
          return node.with(context.secrets.hiddenValue(value))
        }
        .filter { !$0.value.isNull }))
  }

  static func buildContexts(_ node: Node, _ context: RenderContext) -> Node {
    guard let mapping = keyed(node).mapping else { return node }
    return node.with(.mapping(mapping.mapValues { isElsewhere($0.value.text ?? "") ? $0.value : context.path($0.value) }))
  }

  /// `ID` or `ID=PATH`.
  static func sshKeys(_ node: Node, _: RenderContext) -> Node {
    if node.text != nil { return node.with(.sequence([node])) }
    guard let mapping = node.mapping else { return node }
    return node.with(
      .sequence(mapping.entries.map { entry in node.with(entry.value.text.map { "\(entry.key)=\($0)" } ?? entry.key) }))
  }

  private static func isEmpty(_ node: Node?) -> Bool { node?.text?.isEmpty ?? true }

  /// Not a directory of this machine: a repository, an image, another service's image.
  private static func isElsewhere(_ text: String) -> Bool {
    text.contains("://") || ["git@", "github.com/", "service:", "target:"].contains { text.hasPrefix($0) }
  }
}
