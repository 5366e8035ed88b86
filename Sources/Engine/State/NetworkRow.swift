import Networking
import Reconciler
import StackModel
import StateStore

/// A network as the engine remembers it.
struct NetworkRow: StoredRecord, Equatable {
  static let table = "networks"
  var key: String { requested.name.rawValue }
  /// As the stack file asked for it.
  var requested: Network
  /// As it was made.
  var record: NetworkRecord
  var project: ProjectName?
}
