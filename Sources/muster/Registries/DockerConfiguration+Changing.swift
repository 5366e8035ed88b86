import Diagnostics
import FoundationEssentials
import Glibc
import LinuxKit
import OCI
import SystemPackage

extension DockerConfiguration {
  /// Keeps a credential, with the helper if one is named, else in the file. Returns what there is to warn of.
  func keep(_ credential: RegistryCredential, for registry: String) throws -> String? {
    let key = Self.server(registry)
    if let helper = helper(for: registry) {
      try helper.store(key, credential)
      // Docker lists in the file whom the helper knows.
      try change { $0[key] = .object([:]) }
      return nil
    }
    let text = Data("\(credential.username):\(credential.password)".utf8).base64EncodedString()
    try change { $0[key] = .object(["auth": .text(text)]) }
    return "the password is kept unencrypted in \(path); a credential helper (credsStore) would keep it better"
  }

  /// Forgets the credential; false: there was none.
  func forget(_ registry: String) throws -> Bool {
    var was = false
    if let helper = helper(for: registry) {
      was = try helper.get(Self.server(registry)) != nil
      try helper.erase(Self.server(registry))
    }
    var listed = false
    try change(onlyIf: { auths in auths.keys.contains { Self.registry($0) == registry } }) { auths in
      listed = true
      auths = auths.filter { Self.registry($0.key) != registry }
    }
    return was || listed
  }

  /// Changes `auths` and nothing else of the file.
  private func change(
    onlyIf condition: ([String: JSONContent]) -> Bool = { _ in true }, _ edit: (inout [String: JSONContent]) -> Void
  ) throws {
    var whole: [String: JSONContent] = [:]
    do {
      let bytes = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY).readAll(limit: 4 << 20)
      whole = try JSONDecoder().decode([String: JSONContent].self, from: Data(bytes))
    } catch let error as KernelError where error.errno == ENOENT || error.errno == ENOTDIR {}
    var auths: [String: JSONContent] = if case .object(let found) = whole["auths"] { found } else { [:] }
    guard condition(auths) else { return }
    edit(&auths)
    whole["auths"] = .object(auths)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = Array(try encoder.encode(whole)) + [0x0A]
    let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    if mkdir(directory, 0o700) < 0, errno != EEXIST {
      throw Exit(1, "\(visible(directory)) cannot be made: \(String(cString: strerror(errno)))")
    }
    // A link is followed to the file that it means.
    var target = path
    if let resolved = realpath(path, nil) {
      target = String(cString: resolved)
      free(resolved)
    }
    do throws(KernelError) { try atomicWrite(FilePath(target), bytes, mode: 0o600) } catch {
      throw Exit(1, "\(visible(path)) cannot be written: \(error.reason)")
    }
  }
}

/// Any JSON, kept as it is.
enum JSONContent: Codable, Equatable {
  case null, flag(Bool), integer(Int64), number(Double), text(String), list([JSONContent]), object([String: JSONContent])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number =
      try? value.decode(Int64.self)
    {
      self = .integer(number)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONContent].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONContent].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .flag(let flag): try value.encode(flag)
    case .integer(let number): try value.encode(number)
    case .number(let number): try value.encode(number)
    case .text(let text): try value.encode(text)
    case .list(let list): try value.encode(list)
    case .object(let object): try value.encode(object)
    }
  }
}
