import OCI
import StackModel

/// One `RUN --mount=…` (Dockerfile reference, "RUN --mount"), variables expanded and checked for its form.
struct RunMount: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// What a copy of `source` is made from; the command may write to its copy, which is thrown away.
    case bind(source: String, isWritable: Bool)
    case cache(id: String, sharing: Sharing, isReadOnly: Bool, uid: UInt32, gid: UInt32, mode: UInt32)
    case tmpfs(size: ByteCount?)
    /// `variable`: `env=`. Without a target there is no file.
    case secret(id: String, isRequired: Bool, variable: String?, uid: UInt32?, gid: UInt32?, mode: UInt32?)
    /// The agent of that id, behind a socket of that owner; `SSH_AUTH_SOCK` names the first of them.
    case ssh(id: String, isRequired: Bool, uid: UInt32, gid: UInt32, mode: UInt32)
  }
  enum Sharing: String, Sendable, CaseIterable { case shared, `private`, locked }

  var kind: Kind
  /// Absolute; nil for a secret that is only a variable.
  var target: String?
  /// `from=`: an additional context, a stage or an image.
  var from: Instruction.Flag?
  /// What a bind takes, and the digest of it.
  var order: CopyOrder?
  var content: Digest?
  var root: SourceRoot?
  var flag: Instruction.Flag

  static func == (left: Self, right: Self) -> Bool { left.keyFields == right.keyFields }

  /// What the instruction depends on: a bind's content, of all else the form alone. A secret's content must not be found out from a key.
  var keyFields: [String] { ["mount", "\(kind)", target ?? "", content?.hex ?? ""] }
}

/// Reads the value of one `--mount`.
struct RunMountParser {
  let flag: Instruction.Flag
  /// Replaces variables.
  let expand: (String) throws -> String
  /// Of a relative target.
  let absolute: (String) -> String
  private var values: [String: String] = [:]

  init(_ flag: Instruction.Flag, expand: @escaping (String) throws -> String, absolute: @escaping (String) -> String) throws {
    self.flag = flag
    self.expand = expand
    self.absolute = absolute
    for part in flag.value.split(separator: ",") {
      let equals = part.firstIndex(of: "=") ?? part.endIndex
      let name = String(part[..<equals]).lowercased()
      let value = equals < part.endIndex ? try expand(String(part[part.index(after: equals)...])) : "true"
      values[Self.synonyms[name] ?? name] = value
    }
  }

  private static let synonyms = ["dst": "target", "destination": "target", "src": "source", "readonly": "ro", "readwrite": "rw"]

  func mount() throws -> RunMount {
    let type = values["type"] ?? "bind"
    let known: [String: Set<String>] = [
      "bind": ["target", "source", "from", "rw", "ro"],
      "cache": ["target", "id", "sharing", "from", "source", "mode", "uid", "gid", "ro", "rw"],
      "tmpfs": ["target", "size"], "secret": ["target", "id", "source", "required", "mode", "uid", "gid", "env"],
      "ssh": ["target", "id", "required", "mode", "uid", "gid"],
    ]
    guard let names = known[type] else {
      throw fail("there is no mount of type \(type)", hint: "there are bind, cache, secret, ssh and tmpfs")
    }
    if let other = values.keys.sorted().first(where: { $0 != "type" && !names.contains($0) }) {
      throw fail("a mount of type \(type) has no \(other)", hint: "it has \(names.sorted().joined(separator: ", "))")
    }
    var mount: RunMount
    switch type {
    case "bind":
      mount = RunMount(
        kind: .bind(source: values["source"] ?? "/", isWritable: try boolean("rw") ?? !(try boolean("ro") ?? true)), flag: flag)
    case "tmpfs": mount = RunMount(kind: .tmpfs(size: try values["size"].map(size)), flag: flag)
    case "cache": mount = RunMount(kind: try cache(), flag: flag)
    case "ssh":
      mount = RunMount(
        kind: .ssh(
          id: values["id"] ?? "default", isRequired: try boolean("required") ?? false, uid: try number("uid") ?? 0,
          gid: try number("gid") ?? 0, mode: try mode() ?? 0o600), flag: flag)
    default: mount = RunMount(kind: try secret(), flag: flag)
    }
    if let from = values["from"] {
      guard type == "bind" else { throw fail("a cache that begins with another stage's files is not supported", hint: "leave out from") }
      mount.from = Instruction.Flag(name: "from", value: from, range: flag.range)
    }
    mount.target = try target(mount.kind)
    return mount
  }

  private func target(_ kind: RunMount.Kind) throws -> String? {
    if let target = values["target"], !target.isEmpty {
      let path = absolute(target)
      guard path != "/" else { throw fail("nothing can be mounted on /") }
      return path
    }
    switch kind {
    case .secret(let id, _, let variable, _, _, _): return variable == nil ? "/run/secrets/" + id : nil
    case .ssh(let id, _, _, _, _):
      guard id == "default" || id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }) else {
        throw fail("an agent of that id needs a target", hint: "target=/path")
      }
      return "/run/buildkit/ssh_agent." + (id == "default" ? "0" : id)
    default: throw fail("a mount needs a target", hint: "target=/path")
    }
  }

  private func cache() throws -> RunMount.Kind {
    guard values["source"] == nil else {
      throw fail("a cache that begins with another stage's files is not supported", hint: "leave out source")
    }
    let sharing = values["sharing"] ?? "shared"
    guard let sharing = RunMount.Sharing(rawValue: sharing) else {
      throw fail("sharing is shared, private or locked, not \(sharing)")
    }
    return .cache(
      id: values["id"] ?? values["target"].map(absolute) ?? "", sharing: sharing, isReadOnly: try boolean("ro") ?? false,
      uid: try number("uid") ?? 0, gid: try number("gid") ?? 0, mode: try mode() ?? 0o755)
  }

  private func secret() throws -> RunMount.Kind {
    let name = values["id"] ?? values["source"] ?? values["target"].map { $0.split(separator: "/").last.map(String.init) ?? "" } ?? ""
    guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
      throw fail("a secret needs an id", hint: "type=secret,id=NAME")
    }
    return .secret(
      id: name, isRequired: try boolean("required") ?? false, variable: values["env"], uid: try number("uid"), gid: try number("gid"),
      mode: try mode())
  }

  private func boolean(_ name: String) throws -> Bool? {
    guard let text = values[name] else { return nil }
    switch text.lowercased() {
    case "true", "1", "t": return true
    case "false", "0", "f": return false
    default: throw fail("\(name) is true or false, not \(text)")
    }
  }

  private func number(_ name: String) throws -> UInt32? {
    guard let text = values[name] else { return nil }
    guard let value = UInt32(text) else { throw fail("\(name) is a number, not \(text)") }
    return value
  }

  private func mode() throws -> UInt32? {
    guard let text = values["mode"] else { return nil }
    guard let value = UInt32(text, radix: 8), value <= 0o7777 else { throw fail("mode is octal, such as 0400, not \(text)") }
    return value
  }

  /// `64m`, in bytes without a unit.
  private func size(_ text: String) throws -> ByteCount {
    let digits = text.prefix { $0.isNumber }
    let factors: [String: Int64] = ["": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30]
    guard let number = Int64(digits), let factor = factors[text.dropFirst(digits.count).lowercased()],
      case let (bytes, overflow) = number.multipliedReportingOverflow(by: factor), !overflow
    else { throw fail("size is such as 64m, not \(text)") }
    return ByteCount(bytes)
  }

  private func fail(_ message: String, hint: String? = nil) -> DockerfileError {
    DockerfileError(flag.range, "RUN --mount: \(message)", hint: hint)
  }
}
