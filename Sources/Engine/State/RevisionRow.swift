import Backend
import StackModel
import StateStore

/// A version of a project, with all that bringing it back needs but its images.
struct RevisionRow: StoredRecord, Equatable {
  static let table = "revisions"
  var key: String { "\(desired.stack.name)/\(revision.number)" }
  var revision: Revision
  /// As it was asked for. Values of secrets are sealed.
  var desired: StackRow

  /// So many are kept of a project.
  static let limit = 20
}
