/// What is remembered of a container, in `ROOT/ID/state.json`.
struct StateFile: Codable {
  var id: String
  /// Of the first process, in the runtime's pid namespace; 0 until it exists.
  var pid: Int32
  /// When that process began, in the kernel's ticks since boot: its number may be another's later.
  var startTime: UInt64
  var bundle: String
  var rootfs: String
  /// RFC 3339.
  var created: String
  /// As `Cgroups.PlacedCgroup` takes it.
  var cgroup: String
  /// Systemd's unit that is the control group; nil: none.
  var unit: String?
  /// Whether the end of the first process ends all others.
  var ownsPID: Bool
  var annotations: [String: String]
}
