/// What is mounted as a volume: `driver_opts` of the driver `local`, in the words of `mount(8)`.
public struct VolumeMount: Sendable, Codable, Equatable {
  /// `type`: `nfs`, `tmpfs`, `ext4`; `none` for a directory of this machine, which `o: bind` says then.
  public var type: String
  /// `device`: what is mounted.
  public var device: String
  /// `o`, with commas between them; may be empty.
  public var options: String
  public init(type: String, device: String, options: String = "") {
    self.type = type
    self.device = device
    self.options = options
  }

  /// Why options are no mount, as the end of a sentence.
  public struct Problem: Error, Equatable {
    /// The option; nil: one that is missing.
    public var option: String?
    public var message: String
    public var hint: String
  }

  /// Reads `driver_opts`, or what `volume create --opt` got; nil: there is nothing to be mounted.
  public init?(driverOptions: [String: String]) throws(Problem) {
    if driverOptions.isEmpty { return nil }
    if let unknown = driverOptions.keys.sorted().first(where: { !["type", "device", "o"].contains($0) }) {
      throw Problem(option: unknown, message: "is not an option of the driver local", hint: "there are type, device and o")
    }
    for name in ["type", "device"] where driverOptions[name]?.isEmpty ?? true {
      throw Problem(
        option: nil, message: "has no \(name)",
        hint:
          "type, device and o are those of mount(8): {type: tmpfs, device: tmpfs, o: size=64m}, {type: none, o: bind, device: /srv/data}")
    }
    self.init(type: driverOptions["type"] ?? "", device: driverOptions["device"] ?? "", options: driverOptions["o"] ?? "")
    if isBind, !device.hasPrefix("/") {
      throw Problem(option: "device", message: "is not an absolute path", hint: "a bind begins at a directory of this machine")
    }
  }

  /// As `driver_opts` has it.
  public var driverOptions: [String: String] {
    var texts = ["type": type, "device": device]
    if !options.isEmpty { texts["o"] = options }
    return texts
  }

  /// It is a directory of this machine.
  public var isBind: Bool { options.split(separator: ",").contains { $0 == "bind" || $0 == "rbind" } }

  /// What is in it is nowhere else: mounted anew it is another one, and empty.
  public var isInMemory: Bool { type == "tmpfs" || type == "ramfs" }
}
