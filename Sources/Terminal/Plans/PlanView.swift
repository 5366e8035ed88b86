import Diagnostics
import OCI
public import Reconciler

/// A plan as people read it: one line a thing, with what happens to it and why, changed fields old → new.
///
/// ```
///   + network shop_default
///   ~ container shop-web-1   recreate
///       environment.LOG_LEVEL   info → debug
///   ± container shop-app-1   update in place
///       mem_limit   256m → 512m
///   · container shop-db-1    start: exited (1)
///
/// Plan: 1 to create, 1 to recreate, 1 to update in place, 1 to start.
/// ```
public struct PlanView: Sendable {
  public var style: Style
  public init(style: Style) { self.style = style }

  /// The text, each line with its end.
  public func text(_ plan: Plan) -> String { text(PlanOutline(plan)) }

  /// The text, each line with its end.
  public func text(_ plan: PlanOutline) -> String {
    let changes = plan.changes
    var text = ""
    if changes.isEmpty {
      text =
        plan.unchanged == 0 ? "Nothing to do.\n" : "Nothing to do: \(count(plan.unchanged, "container")) as the stack file says.\n"
    }
    let width = min(60, changes.map(\.subject.count).max() ?? 0)
    for change in changes { text += lines(of: change, width: width) }
    if !changes.isEmpty { text += "\n" + summary(changes, unchanged: plan.unchanged) }
    for note in plan.notes { text += style.paint("note: ", .yellow) + visible(note) + "\n" }
    return text
  }

  private func lines(of change: PlannedChange, width: Int) -> String {
    var details: [(path: String, change: String)] = []
    var words: [String] = []
    for reason in change.reasons {
      switch reason {
      case .changed(let fields):
        details += fields.map { field in
          var bare = field
          bare.path = ""
          return (visible(field.path), visible(String(bare.description.drop { $0 == ":" || $0 == " " })))
        }
      case .imageMoved(let from, let to): details.append(("image", "\(from.short) → \(to.short)"))
      case .absent: break
      default: words.append(visible(reason.description))
      }
    }
    let verb = change.kind.verb + (words.isEmpty ? "" : ": " + words.joined(separator: "; "))
    let isPlain = change.kind == .create && words.isEmpty
    let subject = visible(change.subject)
    var text = "  \(style.paint(String(change.kind.symbol), change.kind.colour)) "
    text += isPlain ? subject + "\n" : subject.padded(to: width) + "   " + verb + "\n"
    let pathWidth = details.map(\.path.count).max() ?? 0
    for detail in details { text += "      \(detail.path.padded(to: pathWidth))   \(detail.change)\n" }
    return text
  }

  private func summary(_ changes: [PlannedChange], unchanged: Int) -> String {
    var parts: [String] = []
    for kind in PlannedChange.Kind.allCases where kind != .wait {
      let number = changes.count { $0.kind == kind }
      if number > 0 { parts.append("\(number) to \(kind.verb)") }
    }
    if unchanged > 0 { parts.append("\(unchanged) unchanged") }
    return "Plan: \(parts.isEmpty ? "only to wait" : parts.joined(separator: ", ")).\n"
  }

  private func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun) is" : "\(number) \(noun)s are" }
}
