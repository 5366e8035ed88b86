import Foundation

/// The samples of every measurement and peer.
struct Results {
  enum Unit: String, Codable { case seconds, bytes }

  struct Row {
    var name: String
    var unit: Unit
    var samples: [String: [Double]] = [:]
  }

  private(set) var rows: [Row] = []

  mutating func add(_ name: String, _ peer: String, _ value: Double, _ unit: Unit = .seconds) {
    if !rows.contains(where: { $0.name == name }) { rows.append(Row(name: name, unit: unit)) }
    for index in rows.indices where rows[index].name == name { rows[index].samples[peer, default: []].append(value) }
    FileHandle.standardError.write(Data("\(name) \(peer): \(Results.text(value, unit))\n".utf8))
  }

  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return values.count % 2 == 1 ? sorted[values.count / 2] : (sorted[values.count / 2 - 1] + sorted[values.count / 2]) / 2
  }

  static func text(_ value: Double, _ unit: Unit) -> String {
    switch unit {
    case .seconds: value < 1 ? String(format: "%.1f ms", value * 1000) : String(format: "%.2f s", value)
    case .bytes: String(format: "%.1f MiB", value / 1_048_576)
    }
  }

  /// A table: medians, and how often Muster's fits into the peer's.
  func markdown(heading: String) -> String {
    var text = heading + "\n\n| | Muster | Docker | ratio | samples |\n| --- | ---: | ---: | ---: | ---: |\n"
    for row in rows {
      let (own, other) = (Results.median(row.samples["muster"] ?? []), Results.median(row.samples["docker"] ?? []))
      let ratio = own.flatMap { own in other.map { String(format: "%.1f×", $0 / own) } } ?? ""
      let cells = [own, other].map { $0.map { Results.text($0, row.unit) } ?? "" }
      text += "| \(row.name) | \(cells[0]) | \(cells[1]) | \(ratio) | \(row.samples.values.map(\.count).max() ?? 0) |\n"
    }
    return text
  }

  /// All samples, in seconds and bytes.
  func json(heading: String) throws -> Data {
    struct Entry: Encodable {
      var name: String
      var unit: Unit
      var samples: [String: [Double]]
    }
    struct Document: Encodable {
      var heading: String
      var results: [Entry]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(Document(heading: heading, results: rows.map { Entry(name: $0.name, unit: $0.unit, samples: $0.samples) }))
  }
}
