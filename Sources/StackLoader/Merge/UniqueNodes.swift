/// Of those with one key the last one, where the first one stands; those without a key all stay.
///
/// - Parameter replacing: Called with the one that goes and the one that takes its place.
func unique(_ nodes: [Node], by key: (Node) -> String?, replacing: (Node, Node) -> Void = { _, _ in }) -> [Node] {
  var places: [String: Int] = [:]
  var kept: [Node] = []
  for node in nodes {
    guard let key = key(node) else {
      kept.append(node)
      continue
    }
    if let at = places[key] {
      replacing(kept[at], node)
      kept[at] = node
    } else {
      places[key] = kept.count
      kept.append(node)
    }
  }
  return kept
}
