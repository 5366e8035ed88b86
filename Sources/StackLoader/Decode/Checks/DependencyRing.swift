import StackModel

/// The first ring of those that wait for each other, its first name once more at its end; nil: there is none. Names that are not among them are left out.
func dependencyRing(_ all: [ServiceName: [ServiceName: Dependency]]) -> [ServiceName]? {
  enum Mark { case open, done }
  var marks: [ServiceName: Mark] = [:]
  for start in all.keys.sorted() where marks[start] == nil {
    // Depth first with a stack of its own: chains may be long.
    var path = [(name: start, rest: all[start]?.keys.sorted()[...] ?? [])]
    marks[start] = .open
    while let last = path.last {
      guard let next = last.rest.first else {
        marks[last.name] = .done
        path.removeLast()
        continue
      }
      path[path.count - 1].rest = last.rest.dropFirst()
      switch marks[next] {
      case .done?: break
      case .open?:
        let from = path.firstIndex { $0.name == next } ?? 0
        return path[from...].map(\.name) + [next]
      case nil:
        guard let dependsOn = all[next] else { continue }
        marks[next] = .open
        path.append((next, dependsOn.keys.sorted()[...]))
      }
    }
  }
  return nil
}
