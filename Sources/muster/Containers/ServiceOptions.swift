import Backend
import Diagnostics
import StackLoader
import StackModel

/// What the flags of `run` and `create` say, as a service of a stack file: so that they mean what they mean there, and are as strictly read.
struct ServiceOptions {
  private var keys: [String: ServiceValue] = [:]
  private var volumes: [String: ServiceValue] = [:]
  private var networks: [String: ServiceValue] = [:]

  mutating func set(_ key: String, _ value: String?) { if let value { keys[key] = .text(value) } }
  mutating func set(_ key: String, _ isSet: Bool) { if isSet { keys[key] = .flag(true) } }
  mutating func set(_ key: String, _ list: [String]) { if !list.isEmpty { keys[key] = .texts(list) } }
  mutating func set(_ key: String, _ map: [String: ServiceValue]) { if !map.isEmpty { keys[key] = .map(map) } }
  mutating func add(_ key: String, _ entries: [ServiceValue]) {
    guard !entries.isEmpty else { return }
    if case .list(let before)? = keys[key] { keys[key] = .list(before + entries) } else { keys[key] = .list(entries) }
  }

  /// A named volume is one of this machine's, whatever its name.
  mutating func declare(volume name: String) { volumes[name] = .map(["name": .text(name)]) }

  mutating func declare(network name: String) { networks[name] = .map(["name": .text(name), "external": .flag(true)]) }

  /// The options, with what is wrong in them told. `image` is only for what depends on it.
  func read(image: String, _ context: Context) throws -> ContainerOptions {
    var service = keys
    service["image"] = .text(image)
    var file: [String: ServiceValue] = ["services": .map(["container": .map(service)])]
    if !volumes.isEmpty { file["volumes"] = .map(volumes) }
    if !networks.isEmpty { file["networks"] = .map(networks) }
    let text = try jsonText(ServiceValue.map(file))
    let path = currentDirectory() + "/command line"
    let request = LoadRequest(
      files: [path], projectName: "container", envFiles: [], services: ["container"], environment: context.environment,
      currentDirectory: currentDirectory())
    let found = loadStack(request, reader: OneFile(path: path, bytes: Array(text.utf8)))
    for diagnostic in found.diagnostics where diagnostic.severity != .error {
      context.output.error("warning: \(visible(diagnostic.message))")
    }
    let errors = found.diagnostics.filter { $0.severity == .error }
    guard errors.isEmpty, var options = found.value?.stack.services["container"]?.options else {
      throw Exit(125, errors.map { visible($0.message) + ($0.hint.map { "\n  hint: " + visible($0) } ?? "") }.joined(separator: "\n"))
    }
    // Without --network it is not the project's own.
    if networks.isEmpty, keys["network_mode"] == nil { options.network = .bridges([]) }
    return options
  }
}

/// A stack file that is on no disk; all other files are the machine's.
private struct OneFile: FileReader {
  let path: String
  let bytes: [UInt8]
  func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    if path == self.path { return bytes }
    // What is in the directory by chance is none of this.
    if path.hasSuffix("/.env") { throw .missing }
    return try HostFiles().read(path, limit: limit)
  }
  func readStandardInput(limit: Int) throws(FileError) -> [UInt8] { [] }
  func hasFile(_ path: String) -> Bool { path == self.path || (!path.hasSuffix("/.env") && HostFiles().hasFile(path)) }
  func hasAnything(_ path: String) -> Bool { path == self.path || HostFiles().hasAnything(path) }
}
