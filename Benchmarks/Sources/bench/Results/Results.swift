import Foundation

/// The samples of every measurement and peer.
struct Results {
  struct Row {
    var name: String
    var unit: Unit
    var samples: [String: [Double]] = [:]

    func median(_ peer: String) -> Double? { Results.median(samples[peer] ?? []) }

    /// How many times better Muster is than Docker.
    var ratio: Double? {
      guard let own = median("muster"), let other = median("docker"), own > 0, other > 0 else { return nil }
      return unit.isBetterWhenHigher ? own / other : other / own
    }
  }

  private(set) var rows: [Row] = []
  /// What failed and was tried again.
  private(set) var failures: [String] = []

  mutating func addFailure(_ text: String) {
    failures.append(text.split(separator: "\n").last.map(String.init) ?? text)
    FileHandle.standardError.write(Data("FAILED, once more: \(text)\n".utf8))
  }

  mutating func add(_ name: String, _ peer: String, _ value: Double, _ unit: Unit = .seconds) {
    if !rows.contains(where: { $0.name == name }) { rows.append(Row(name: name, unit: unit)) }
    for index in rows.indices where rows[index].name == name { rows[index].samples[peer, default: []].append(value) }
    FileHandle.standardError.write(Data("\(name) \(peer): \(unit.text(value))\n".utf8))
  }

  private func row(_ name: String) -> Row? { rows.first { $0.name == name } }

  /// Rows that follow from others: what a service costs as stacks grow, and how far from the kernel's own part it is.
  mutating func derive() {
    for peer in ["muster", "docker"] {
      guard let few = row("up -d, 50 services")?.median(peer) else { continue }
      for count in [200, 500] {
        guard let many = row("up -d, \(count) services")?.median(peer) else { continue }
        add("up -d a service, \(count) services beside 50", peer, (many / Double(count)) / (few / 50), .times)
      }
    }
    for (name, work, floor) in [
      ("up -d of 50, beside the kernel's part", "up -d, 50 services", "the kernel's part of 50 containers"),
      ("up -d of a chain of 10, beside the kernel's part", "up -d, chain of 10", "the kernel's part of 10 containers, one after another"),
      ("run --rm true, beside the kernel's part", "run --rm true, bridge", "the kernel's part of 1 container"),
    ] {
      guard let least = row(floor)?.median("muster") else { continue }
      for peer in ["muster", "docker"] {
        if let value = row(work)?.median(peer) { add(name, peer, value / least, .times) }
      }
    }
  }

  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return values.count % 2 == 1 ? sorted[values.count / 2] : (sorted[values.count / 2 - 1] + sorted[values.count / 2]) / 2
  }

  /// A table: medians, how many times better Muster's is than the peer's, and what it is held to.
  func markdown(heading: String) -> String {
    var text = heading + "\n\n| | Muster | Docker | ratio | others | goal | samples |\n| --- | ---: | ---: | ---: | --- | --- | ---: |\n"
    for row in rows {
      let own = row.median("muster")
      let cells = [own, row.median("docker")].map { $0.map(row.unit.text) ?? "" }
      let ratio = row.ratio.map { String(format: "%.1f×", $0) } ?? ""
      let goals = (Goal.all[row.name] ?? []).map { goal in
        let isReached = goal.isReached(own: own, ratio: row.ratio)
        return goal.text(row.unit) + (isReached.map { $0 ? " ✓" : " ✗" } ?? "")
      }
      let others = row.samples.keys.filter { $0 != "muster" && $0 != "docker" }.sorted()
        .map { "\($0) \(row.median($0).map(row.unit.text) ?? "")" }
      let count = row.samples.values.map(\.count).max() ?? 0
      text +=
        "| \(row.name) | \(cells[0]) | \(cells[1]) | \(ratio) | \(others.joined(separator: ", ")) | \(goals.joined(separator: ", ")) | \(count) |\n"
    }
    if !failures.isEmpty { text += "\nFailed and tried again:\n\n" + failures.map { "* \($0)\n" }.joined() }
    return text
  }

  /// All samples, in seconds and bytes.
  func json(heading: String) throws -> Data {
    struct Held: Encodable {
      var goal: String
      var isReached: Bool?
    }
    struct Entry: Encodable {
      var name: String
      var unit: Unit
      var samples: [String: [Double]]
      var ratio: Double?
      var goals: [Held]
    }
    struct Document: Encodable {
      var heading: String
      var results: [Entry]
      var failures: [String]
    }
    let entries = rows.map { row in
      let goals = (Goal.all[row.name] ?? []).map {
        Held(goal: $0.text(row.unit), isReached: $0.isReached(own: row.median("muster"), ratio: row.ratio))
      }
      return Entry(name: row.name, unit: row.unit, samples: row.samples, ratio: row.ratio, goals: goals)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(Document(heading: heading, results: entries, failures: failures))
  }
}
