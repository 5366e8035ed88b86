import StackModel

/// A zone's file, as bytes: for tests that must not depend on which zones the machine has.
struct ZoneFile {
  /// When the offset changes, and to what.
  var changes: [(at: Int64, offset: Int32)] = []
  var first: Int32 = 0
  /// The POSIX rule at the end.
  var rule = ""

  var bytes: [UInt8] { block(width: 4) + block(width: 8) + [0x0A] + Array(rule.utf8) + [0x0A] }

  private func block(width: Int) -> [UInt8] {
    var offsets = [first]
    for change in changes where !offsets.contains(change.offset) { offsets.append(change.offset) }
    let shown = width == 8 ? changes : []
    var bytes = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
    for count in [0, 0, 0, shown.count, offsets.count, 4] { bytes += big(Int64(count), 4) }
    for change in shown { bytes += big(change.at, width) }
    for change in shown { bytes.append(UInt8(offsets.firstIndex(of: change.offset) ?? 0)) }
    for offset in offsets { bytes += big(Int64(offset), 4) + [0, 0] }
    return bytes + Array("LMT\0".utf8)
  }

  private func big(_ value: Int64, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> Int64((width - 1 - $0) * 8)) }
  }

  /// A zone that has only a rule.
  static func rules(_ rule: String) -> ZoneRules? { ZoneRules(file: ZoneFile(rule: rule).bytes) }
}
