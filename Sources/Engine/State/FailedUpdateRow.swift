import OCI
import StackModel
import StateStore

/// The image that a service with `x-muster.update: auto` could not be brought to, so that the engine does not try that one again by itself.
struct FailedUpdateRow: StoredRecord, Equatable {
  static let table = "failed_updates"
  var key: String { "\(project)/\(service)" }
  var project: ProjectName
  var service: ServiceName
  /// What its tag stood for here.
  var imageID: Digest
}
