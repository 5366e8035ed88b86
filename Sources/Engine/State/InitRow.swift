import OCI
import StackModel
import StateStore

/// A step of `pre_start` that has succeeded, with everything that it was run with: what has changed since is run again.
struct InitRow: StoredRecord, Equatable {
  static let table = "init_steps"
  var key: String { name }
  /// Of the container that ran it: `shop-web-pre_start-0`.
  var name: String
  var spec: ContainerSpec
  var imageID: Digest
  /// The container that it was run for, with `per_replica`; a new one has it run again.
  var owner: ContainerID?
}
