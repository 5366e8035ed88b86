import StackModel
import StateStore

/// A volume as the engine remembers it.
struct VolumeRow: StoredRecord, Equatable {
  static let table = "volumes"
  var key: String { definition.name.rawValue }
  var definition: Volume
  var project: ProjectName?
  /// Nanoseconds since 1970.
  var createdAt: Int64
  var isAnonymous = false
}
