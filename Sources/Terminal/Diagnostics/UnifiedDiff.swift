/// The difference of two texts as `diff -u` and `patch` have it; empty when there is none.
public func unifiedDiff(_ before: String, _ after: String, name: String, context: Int = 3) -> String {
  let old = lines(before)
  let new = lines(after)
  let changes = edits(old, new)
  guard changes.contains(where: { $0.kind != .same }) else { return "" }
  var text = "--- \(name)\n+++ \(name)\n"
  var at = 0
  while let first = changes[at...].firstIndex(where: { $0.kind != .same }) {
    var last = first
    // Changes with little between them share a hunk.
    while let next = changes[(last + 1)...].firstIndex(where: { $0.kind != .same }), next - last <= 2 * context + 1 { last = next }
    let hunk = changes[max(at, first - context)..<min(changes.count, last + context + 1)]
    text += header(hunk)
    for change in hunk {
      let line = change.kind == .added ? new[change.new] : old[change.old]
      text += change.kind.rawValue + line
      if line.unicodeScalars.last != "\n" { text += "\n\\ No newline at end of file\n" }
    }
    at = last + 1
  }
  return text
}

private struct Change {
  enum Kind: String {
    case same = " "
    case removed = "-"
    case added = "+"
  }
  var kind: Kind
  var old: Int
  var new: Int
}

private func header(_ hunk: ArraySlice<Change>) -> String {
  let old = hunk.filter { $0.kind != .added }.count
  let new = hunk.filter { $0.kind != .removed }.count
  guard let first = hunk.first else { return "" }
  // An empty side is named by the line before it.
  func side(_ start: Int, _ count: Int) -> String { "\(count == 0 ? start : start + 1)" + (count == 1 ? "" : ",\(count)") }
  return "@@ -\(side(first.old, old)) +\(side(first.new, new)) @@\n"
}

/// Lines with their ends; a carriage return stays part of its line.
private func lines(_ text: String) -> [String] {
  var lines: [String] = []
  var line = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    line.append(scalar)
    if scalar == "\n" {
      lines.append(String(line))
      line = String.UnicodeScalarView()
    }
  }
  return line.isEmpty ? lines : lines + [String(line)]
}

private func edits(_ old: [String], _ new: [String]) -> [Change] {
  let difference = new.difference(from: old)
  var removed: Set<Int> = []
  var added: Set<Int> = []
  for change in difference {
    switch change {
    case .remove(let offset, _, _): removed.insert(offset)
    case .insert(let offset, _, _): added.insert(offset)
    }
  }
  var changes: [Change] = []
  var (at, to) = (0, 0)
  while at < old.count || to < new.count {
    if removed.contains(at) {
      changes.append(Change(kind: .removed, old: at, new: to))
      at += 1
    } else if added.contains(to) {
      changes.append(Change(kind: .added, old: at, new: to))
      to += 1
    } else {
      changes.append(Change(kind: .same, old: at, new: to))
      at += 1
      to += 1
    }
  }
  return changes
}
