public import Backend
import StackModel

extension Table {
  /// `history`. `accounts`: the names of users by number.
  public static func revisions(_ revisions: [Revision], now: Int64, accounts: [UInt32: String], isTruncated: Bool) -> Table {
    var table = Table(["REVISION", "WHEN", "WHO", "WHAT", "STATUS", "CHANGES"])
    for revision in revisions {
      let who = revision.caller.map { accounts[$0.uid] ?? String($0.uid) } ?? "muster"
      let status = revision.isCurrent ? "current, \(revision.outcome.rawValue)" : revision.outcome.rawValue
      let shown = isTruncated ? Array(revision.changes.prefix(1)) : revision.changes
      var first = shown.first ?? "nothing"
      if isTruncated {
        first = first.truncated(to: 70)
        if revision.changes.count > 1 { first += " and \(revision.changes.count - 1) more" }
      }
      table.rows.append([String(revision.number), humanAge(of: revision.at, now: now), who, revision.operation, status, first])
      for change in shown.dropFirst() { table.rows.append(["", "", "", "", "", change]) }
    }
    return table
  }
}
