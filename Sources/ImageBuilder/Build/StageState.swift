import ImageStore
import OCI

/// What a stage has become so far.
struct StageState: Sendable {
  /// Lowest first.
  var layers: [Digest] = []
  var execution = ImageConfig.Execution()
  var author: String?
  var history: [ImageConfig.History] = []
  /// Of the newest part that is not only configuration.
  var created: String?
  /// ARGs in scope that have a value.
  var arguments: [String: String] = [:]
  /// What the steps on the way here have made that keys stand for, first to last.
  var steps: [Step] = []
  /// CMD was written in this stage, so that ENTRYPOINT leaves it.
  var hasCommand = false

  /// What a step has made, and its place in the history.
  struct Step: Sendable {
    var record: CacheRecord
    var place: Int
  }

  static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// An empty image.
  static var scratch: StageState {
    var state = StageState()
    state.setEnvironment("PATH", defaultPath)
    return state
  }

  init() {}

  init(_ image: Image) {
    layers = image.config.rootfs.diffIDs
    execution = image.config.config ?? ImageConfig.Execution()
    author = image.config.author
    history = image.config.history ?? []
    created = image.config.created
    if environment["PATH"] == nil { setEnvironment("PATH", Self.defaultPath) }
  }

  /// `ENV`, names without a value left out.
  var environment: [String: String] {
    var values: [String: String] = [:]
    for entry in execution.env ?? [] {
      guard let equals = entry.firstIndex(of: "=") else { continue }
      values[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
    }
    return values
  }

  mutating func setEnvironment(_ name: String, _ value: String) {
    var entries = execution.env ?? []
    if let index = entries.firstIndex(where: { $0.hasPrefix(name + "=") }) {
      entries[index] = "\(name)=\(value)"
    } else {
      entries.append("\(name)=\(value)")
    }
    execution.env = entries
  }

  /// What `$name` stands for in an instruction: ENV wins over ARG.
  func variables() -> [String: String] { arguments.merging(environment) { $1 } }

  /// A word of an instruction with its variables replaced.
  func expand(_ text: String, _ instruction: Instruction, _ escape: UInt8) throws(DockerfileError) -> String {
    let variables = variables()
    do { return try Expansion.word(text, escape: escape) { variables[$0] } } catch {
      throw DockerfileError(instruction.range, error.message)
    }
  }

  /// The words that a word is once its variables are replaced.
  func expandWords(_ text: String, _ instruction: Instruction, _ escape: UInt8) throws(DockerfileError) -> [String] {
    let variables = variables()
    do { return try Expansion.words(text, escape: escape) { variables[$0] } } catch {
      throw DockerfileError(instruction.range, error.message)
    }
  }

  var workingDirectory: String {
    let written = execution.workingDir ?? ""
    return written.isEmpty ? "/" : written
  }

  /// A path of this image, relative ones from the working directory; without `.`, `..` and a slash at the end.
  func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : workingDirectory + "/" + path
    var names: [Substring] = []
    for name in whole.split(separator: "/") where name != "." {
      if name == ".." { _ = names.popLast() } else { names.append(name) }
    }
    return "/" + names.joined(separator: "/")
  }

  /// The program and arguments of a command; the shell's, for the shell form.
  func arguments(of command: Command) -> [String] {
    switch command {
    case .exec(let arguments): arguments
    case .shell(let text): (execution.shell ?? ["/bin/sh", "-c"]) + [text]
    }
  }

  mutating func noteHistory(_ text: String, layer: Digest?, created: String?) {
    history.append(
      .init(created: created ?? self.created, createdBy: text, comment: "muster.build", emptyLayer: layer == nil ? true : nil))
    if let layer { layers.append(layer) }
    if let created { self.created = created }
  }

  /// Adds what a step has made, from a cache or new.
  mutating func note(_ text: String, _ made: BuildCache.Record, of key: Digest) {
    steps.append(Step(record: CacheRecord(key: key, layer: made.layer, created: made.created), place: history.count))
    noteHistory(text, layer: made.layer, created: made.created)
  }
}
