public import Backend
import Diagnostics
import StackModel

/// The volumes that are about to go, a line each: name, size, age. Anonymous ones are counted together.
public struct VolumeList: Sendable {
  public var volumes: [VolumeSummary]
  /// Nanoseconds since 1970.
  public var now: Int64
  public init(volumes: [VolumeSummary], now: Int64) {
    self.volumes = volumes
    self.now = now
  }

  /// With its heading, each line with its end.
  public var text: String {
    let named = volumes.filter { !$0.isAnonymous }
    let anonymous = volumes.filter(\.isAnonymous)
    var rows = named.map { (visible($0.name.rawValue), size($0.size), humanAge(of: $0.createdAt, now: now)) }
    if !anonymous.isEmpty {
      let known = anonymous.compactMap(\.size)
      let oldest = anonymous.map(\.createdAt).min() ?? now
      rows.append(
        (
          anonymous.count == 1 ? "(1 anonymous)" : "(\(anonymous.count) anonymous)",
          size(known.count == anonymous.count ? known.reduce(0, +) : nil), humanAge(of: oldest, now: now)
        ))
    }
    let width = rows.map(\.0.count).max() ?? 0, sizes = rows.map(\.1.count).max() ?? 0
    return "With all data, \(volumes.count == 1 ? "this volume goes" : "these volumes go"):\n"
      + rows.map { "  \($0.0.padded(to: width))   \($0.1.padded(to: sizes))   made \($0.2)\n" }.joined()
  }

  private func size(_ bytes: Int64?) -> String { bytes.map(humanSize) ?? "size unknown" }
}
