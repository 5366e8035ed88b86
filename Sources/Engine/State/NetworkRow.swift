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
  /// 64 hexadecimal digits; nil: of before there were any.
  var id: String?
  /// Nanoseconds since 1970.
  var createdAt: Int64?
}
