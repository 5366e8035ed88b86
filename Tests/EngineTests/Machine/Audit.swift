/// What the auditor (`Tests/Auditor`) saw in a container: lines `section|name|value`.
struct Audit {
  private(set) var sections: [String: [String: String]] = [:]

  init(_ output: String) {
    for line in output.split(separator: "\n") {
      let parts = line.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 3 { sections[parts[0], default: [:]][parts[1]] = parts[2] }
    }
  }

  /// Whether it came to its end.
  var isWhole: Bool { sections["end"] != nil }

  subscript(_ section: String) -> [String: String] { sections[section] ?? [:] }
}

/// A container held against another engine's of the same moment, cell by cell.
///
/// The other one is looked at before and after ours: what changes by itself, or came in between, is not taken for a difference.
struct AuditComparison {
  enum Verdict: String, CaseIterable { case same, stricter, otherwise, looser }
  struct Cell {
    var section: String
    var name: String
    var theirs: String?
    var ours: String?
    var verdict: Verdict
  }
  private(set) var cells: [Cell] = []

  init(theirs: (before: Audit, after: Audit), ours: Audit, host: [String: String]) {
    let sections = Set(theirs.before.sections.keys).union(ours.sections.keys).subtracting(["end"])
    for section in sections.sorted() {
      let (before, after, own) = (theirs.before[section], theirs.after[section], ours[section])
      // Loop devices come and go with other tests.
      for name in Set(before.keys).union(after.keys).union(own.keys).sorted() where !name.contains("/loop") {
        // What is never twice the same says nothing; what is there only once came or went in between.
        let choices = [before[name], after[name]]
        let changes = before[name] != nil && after[name] != nil && before[name] != after[name]
        let verdicts = choices.map { Self.verdict(section, name, $0, own[name], ours, host) }
        let verdict: Verdict =
          section == "parameter" && changes ? .same : Verdict.allCases.first { verdicts.contains($0) } ?? .looser
        cells.append(Cell(section: section, name: name, theirs: before[name] ?? after[name], ours: own[name], verdict: verdict))
      }
    }
  }

  private static func verdict(
    _ section: String, _ name: String, _ theirs: String?, _ ours: String?, _ audit: Audit, _ host: [String: String]
  ) -> Verdict {
    if theirs == ours { return .same }
    switch section {
    case "capabilities": return subset(bits(ours), bits(theirs))
    case "call", "clone", "keyctl", "personality", "socket":
      let (own, their) = (ours == "passes" || ours == "none", theirs == "passes" || theirs == "none")
      return own == their ? .otherwise : own ? .looser : .stricter
    case "file", "node", "own":
      // Letters of what can be done: a directory is only a name. "o": it opens, and says nothing.
      let (own, their) = (letters(ours), letters(theirs))
      return own == their ? .otherwise : own.isSubset(of: their) ? .stricter : .looser
    case "mount": return mount(name, theirs, ours, audit)
    case "namespace":
      let (own, their) = (ours != host[name], theirs != host[name])
      return own == their ? .same : own ? .stricter : .looser
    case "limit":
      let (own, their) = (numbers(ours), numbers(theirs))
      return own.count == their.count && zip(own, their).allSatisfy { UInt64(bitPattern: $0) <= UInt64(bitPattern: $1) }
        ? .stricter : .looser
    case "environment":
      // Its value is a container's own name.
      return ours == nil ? .stricter : name == "HOSTNAME" && theirs != nil ? .same : .looser
    case "group":
      if name.hasPrefix("of ") { return ours == "/" || ours == nil ? .stricter : .looser }
      return subset(numbers(ours).first ?? 0, numbers(theirs).first ?? 0, isNumber: true)
    case "parameter" where ["kernel/hostname", "kernel/ns_last_pid"].contains(name): return .same
    case "process" where ["SigIgn", "SigBlk"].contains(name): return subset(bits(ours), bits(theirs))
    case "remount": return ours == "refused" ? .stricter : .looser
    default: return ours == nil ? .stricter : .looser
    }
  }

  /// A mount is as strict as another when it has all of its restrictions, and nothing of it reaches further. One that only we have hides something, or is
  /// listed by the test.
  private static func mount(_ name: String, _ theirs: String?, _ ours: String?, _ audit: Audit) -> Verdict {
    guard let ours else { return .stricter }
    let own = flags(ours)
    guard let theirs else {
      return letters(audit["file"][name]).isDisjoint(with: ["r", "w"]) && audit["file"][name] != nil ? .stricter : .looser
    }
    let restrictions: Set<String> = ["ro", "nosuid", "nodev", "noexec"]
    let reach: Set<String> = ["shared", "master"]
    let their = flags(theirs)
    guard own.isSuperset(of: their.intersection(restrictions)), own.intersection(reach).isSubset(of: their),
      ours.split(separator: " ").first == theirs.split(separator: " ").first
    else { return .looser }
    return own.intersection(restrictions) == their.intersection(restrictions) ? .same : .stricter
  }

  private static func flags(_ mount: String) -> Set<String> {
    Set(mount.split(separator: " ").dropFirst().first.map { $0.split(separator: ",").map(String.init) } ?? [])
  }

  private static func letters(_ text: String?) -> Set<Character> { Set(text ?? "").subtracting(["-", "d", "o"]) }
  private static func bits(_ text: String?) -> Int64 { Int64(bitPattern: UInt64(text ?? "", radix: 16) ?? .max) }
  private static func numbers(_ text: String?) -> [Int64] { (text ?? "").split(separator: " ").compactMap { Int64($0) } }

  private static func subset(_ own: Int64, _ their: Int64, isNumber: Bool = false) -> Verdict {
    (isNumber ? own <= their : own & ~their == 0) ? .stricter : .looser
  }

  /// Lines `section: 1523 same, 5 stricter, …`.
  var table: [String] {
    Dictionary(grouping: cells, by: \.section).sorted { $0.key < $1.key }.map { section, cells in
      let counts = Verdict.allCases.compactMap { verdict -> String? in
        let count = cells.count { $0.verdict == verdict }
        return count == 0 ? nil : "\(count) \(verdict)"
      }
      return "\(section): \(counts.joined(separator: ", "))"
    }
  }
}
