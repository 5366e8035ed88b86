import OCI
import StackModel
import StateStore

/// What an image was built from, so that a change of it is seen.
struct BuildRow: StoredRecord, Equatable {
  static let table = "builds"
  var key: String { reference }
  /// The service's image.
  var reference: String
  var imageID: Digest
  /// What was asked for, without what changes nothing in an image.
  var spec: BuildSpec
  /// `ContextFingerprint`.
  var outline: Digest
  var content: Digest
}
