import ArgumentParser
import Diagnostics
import StackModel

/// The flags of `run` and `create` about files.
struct RunStorageOptions: ParsableArguments {
  @Option(parsing: .singleValue, help: ArgumentHelp("type=bind|volume|tmpfs|image,source=,target=,readonly, …", valueName: "mount"))
  var mount: [String] = []
  @Flag(help: "The root file system is read-only.") var readOnly = false
  @Option(help: ArgumentHelp("Of /dev/shm.", valueName: "bytes")) var shmSize: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("size=BYTES, where there are quotas.", valueName: "option")) var storageOpt: [String] =
    []
  @Option(parsing: .singleValue, help: ArgumentHelp("A tmpfs.", valueName: "target[:options]")) var tmpfs: [String] = []
  @Option(
    name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("A bind mount or a volume.", valueName: "[source:]target[:options]"))
  var volume: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("The volumes of another container.", valueName: "container[:ro]")) var volumesFrom:
    [String] =
      []

  func add(to service: inout ServiceOptions) throws {
    service.set("read_only", readOnly)
    service.set("shm_size", shmSize)
    service.set("storage_opt", try pairs(storageOpt, "--storage-opt").mapValues { .text($0) })
    service.set("tmpfs", tmpfs)
    service.set("volumes_from", volumesFrom.map { "container:" + $0 })
    var entries: [ServiceValue] = []
    for text in volume {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      if parts.count > 1, !parts[0].hasPrefix("/"), !parts[0].hasPrefix("."), !parts[0].hasPrefix("~") { service.declare(volume: parts[0]) }
      entries.append(.text(text))
    }
    for text in mount { entries.append(try entry(text, &service)) }
    service.add("volumes", entries)
  }

  /// A mount in the long form.
  private func entry(_ text: String, _ service: inout ServiceOptions) throws -> ServiceValue {
    var fields: [String: ServiceValue] = ["type": .text("volume")]
    var parts: [String: [String: ServiceValue]] = [:]
    var type = "volume"
    var source: String?
    for part in text.split(separator: ",").map(String.init) {
      let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let value = words.count == 2 ? words[1] : "true"
      switch words[0].lowercased() {
      case "type":
        type = value
        fields["type"] = .text(value)
      case "source", "src":
        source = value
        fields["source"] = .text(value)
      case "target", "dst", "destination": fields["target"] = .text(value)
      case "readonly", "ro": fields["read_only"] = .flag(["true", "1"].contains(value.lowercased()))
      case "bind-propagation": parts["bind", default: [:]]["propagation"] = .text(value)
      case "bind-recursive": parts["bind", default: [:]]["recursive"] = .text(value)
      case "volume-nocopy": parts["volume", default: [:]]["nocopy"] = .flag(["true", "1"].contains(value.lowercased()))
      case "volume-subpath": parts["volume", default: [:]]["subpath"] = .text(value)
      case "image-subpath": parts["image", default: [:]]["subpath"] = .text(value)
      case "tmpfs-size": parts["tmpfs", default: [:]]["size"] = .text(value)
      case "tmpfs-mode": parts["tmpfs", default: [:]]["mode"] = .text(value.hasPrefix("0") ? value : "0" + value)
      case "consistency": fields["consistency"] = .text(value)
      default: throw Exit(125, "--mount \(visible(text)): unexpected key '\(visible(words[0]))'")
      }
    }
    if type == "volume", let source { service.declare(volume: source) }
    // Unlike -v, it makes no directory of the host.
    if type == "bind" { parts["bind", default: [:]]["create_host_path"] = .flag(false) }
    for (key, value) in parts { fields[key] = .map(value) }
    return .map(fields)
  }
}
