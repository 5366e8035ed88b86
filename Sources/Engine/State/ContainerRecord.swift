import Networking
import OCI
import Reconciler
import StackModel
import StateStore

/// A container as the engine remembers it.
struct ContainerRecord: StoredRecord, Equatable {
  static let table = "containers"
  var key: String { id.rawValue }

  var id: ContainerID
  var spec: ContainerSpec
  var imageID: Digest
  /// What it runs.
  var command: [String]
  var state: ContainerState = .created
  /// Nanoseconds since 1970.
  var createdAt: Int64
  var startedAt: Int64?
  var finishedAt: Int64?
  var exitCode: Int32?
  var wasOutOfMemory = false
  /// A person or a plan ended it: restart policies leave it alone.
  var wasStopped = false
  var restart = RestartMachine()
  /// Target → volume.
  var anonymousVolumes: [String: VolumeName] = [:]
  /// What `volumes_from` stood for when it was made; nil: nothing.
  var inheritedMounts: [Mount]?
  /// Target → the image that is mounted there; nil: none.
  var mountedImages: [String: Digest]?
  /// With the host ports that were chosen, kept from start to start.
  var ports: [PortMapping] = []
  /// Its places on networks, while running.
  var endpoints: [Endpoint] = []
  /// The container whose network namespace it has joined; nil: it has one of its own, or the host's.
  var networkOwner: ContainerID?
  /// What it keeps for that one, which has ended; nil: nothing.
  var heldNetwork: HeldNetwork?
  /// What it is being changed to while it runs; nil: nothing is under way. An engine that comes to it half done does it again.
  var updating: ContainerSpec?
  /// `run --rm`: removed when it ends.
  var removesAfter = false
  /// What its maker was going to look on at; nil: nothing.
  var attached: AttachedStreams?
  /// Why the engine has last started or mended it by itself; nil: it has not, since somebody started it.
  var remark: String?
  /// nil: it gets connections as its health has it.
  var traffic: Traffic?
}
