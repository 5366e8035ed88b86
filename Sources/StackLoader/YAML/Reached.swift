import Diagnostics

/// Puts one more step, the farthest, behind the trails of a tree: `service "web" extends "base" here`.
struct Reached {
  private let step: Trail
  /// Most places share a trail, so that few are made anew.
  private var made: [ObjectIdentifier: (old: Trail, new: Trail)] = [:]

  init(_ note: Diagnostic.Note, _ trail: Trail?) { step = Trail(note, trail) }

  mutating func place(_ place: Place) -> Place {
    var copy = place
    copy.trail = extended(place.trail)
    return copy
  }

  mutating func node(_ node: Node) -> Node {
    var copy = node
    copy.place = place(node.place)
    switch node.value {
    case .sequence(let nodes):
      var steps: [Node] = []
      steps.reserveCapacity(nodes.count)
      for item in nodes { steps.append(self.node(item)) }
      copy.value = .sequence(steps)
    case .mapping(let mapping):
      var steps = mapping
      steps.updateEach { entry in
        entry.keyPlace = place(entry.keyPlace)
        entry.value = self.node(entry.value)
      }
      copy.value = .mapping(steps)
    default: break
    }
    return copy
  }

  private mutating func extended(_ trail: Trail?) -> Trail {
    guard let trail else { return step }
    if let known = made[ObjectIdentifier(trail)] { return known.new }
    let new = Trail(trail.note, extended(trail.next))
    made[ObjectIdentifier(trail)] = (trail, new)
    return new
  }
}
