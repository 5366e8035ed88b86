/// A container's state as the specification has it (runtime.md, "State"), with runc's additions. Hooks get the same.
struct ContainerState: Codable {
  enum Status: String, Codable { case creating, created, running, paused, stopped }

  var ociVersion = "1.1.0"
  var id: String
  var status: Status
  var pid: Int32?
  var bundle: String
  var annotations: [String: String]?
  var rootfs: String
  var created: String
  var owner: String?

  init(_ file: StateFile, _ status: Status) {
    id = file.id
    self.status = status
    pid = status == .stopped ? 0 : file.pid
    bundle = file.bundle
    annotations = file.annotations.isEmpty ? nil : file.annotations
    rootfs = file.rootfs
    created = file.created
  }
}
