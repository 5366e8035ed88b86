/// One of `cache_from`, `cache_to`: `NAME`, or `type=registry,ref=NAME`.
public struct CachePlace: Sendable, Codable, Equatable {
  /// `registry`, `local`, `inline`, `gha`, …
  public var type: String
  public var options: [String: String]
  public init(type: String, options: [String: String] = [:]) {
    self.type = type
    self.options = options
  }

  /// What a build does with a cache: `cache_from`, `cache_to`.
  public enum Use: Sendable {
    case reading
    case writing
  }
}

extension CachePlace {
  /// Reads an image's name, or `type=TYPE,NAME=VALUE,…`; nil: it is neither.
  public init?(_ text: String) {
    guard text.contains("=") else {
      if text.isEmpty { return nil }
      self.init(type: "registry", options: ["ref": text])
      return
    }
    var options: [String: String] = [:]
    for part in text.split(separator: ",") {
      guard let separator = part.firstIndex(of: "=") else { return nil }
      options[String(part[..<separator])] = String(part[part.index(after: separator)...])
    }
    guard let type = options.removeValue(forKey: "type"), !type.isEmpty else { return nil }
    self.init(type: type, options: options)
  }

  /// `type=TYPE,NAME=VALUE,…`, which ``init(_:)`` reads.
  public var text: String {
    (["type=" + type] + options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: ",")
  }

  /// As people know it: the image's name, the directory, else its type. Options may be somebody's keys, and are not in it.
  public var name: String {
    switch type {
    case "registry": options["ref"] ?? "type=registry"
    case "local": options["src"] ?? options["dest"] ?? "type=local"
    default: "type=" + type
    }
  }

  /// Whether builds have caches of that type.
  public func isSupported(_ use: Use) -> Bool { Self.options(of: type, use) != nil }

  /// The options that change nothing, sorted.
  public func idle(_ use: Use) -> [String] {
    guard let known = Self.options(of: type, use) else { return [] }
    return options.filter { !known.contains($0.key) && Self.asItIs[$0.key] != $0.value }.keys.sorted()
  }

  /// `mode=max`: the results of all steps are kept, not only of those that are in the image.
  public var keepsAll: Bool { options["mode"] == "max" }

  /// `ignore-error=true`: a build goes well although the cache cannot be written.
  public var ignoresErrors: Bool { options["ignore-error"].flatMap(Self.boolean) == true }

  /// What is wrong with the options of a supported type, as the end of a sentence; nil: nothing. The image's name is not looked at.
  public func problem(_ use: Use) -> String? {
    guard isSupported(use) else { return nil }
    let place = type == "registry" ? "ref" : use == .reading ? "src" : "dest"
    if type != "inline", options[place]?.isEmpty ?? true { return "has no \(place)=" }
    if type == "registry", use == .writing, options["ref"]?.contains("@") == true { return "names a digest, which cannot be written to" }
    if let digest = options["digest"], use == .reading, type == "local", !Self.isDigest(digest) {
      return "has a digest that is not sha256: and 64 hexadecimal digits"
    }
    guard use == .writing else { return nil }
    if let mode = options["mode"], mode != "min", mode != "max" { return "has the mode \"\(mode)\": there are min and max" }
    if let text = options["ignore-error"], Self.boolean(text) == nil { return "has ignore-error=\(text): write true or false" }
    return nil
  }

  /// The same, with a local cache's directory as `absolute` has it.
  public func located(_ absolute: (String) -> String) -> CachePlace {
    guard type == "local" else { return self }
    var copy = self
    for key in ["src", "dest"] {
      if let path = options[key], !path.isEmpty { copy.options[key] = absolute(path) }
    }
    return copy
  }

  /// nil: there are no caches of that type.
  private static func options(of type: String, _ use: Use) -> Set<String>? {
    switch (type, use) {
    case ("registry", .reading): ["ref"]
    case ("registry", .writing): ["ref", "mode", "ignore-error"]
    case ("local", .reading): ["src", "tag", "digest"]
    case ("local", .writing): ["dest", "tag", "mode", "ignore-error"]
    case ("inline", .writing): []
    default: nil
    }
  }

  /// Options of BuildKit that ask for what is so anyway.
  private static let asItIs = ["oci-mediatypes": "true", "image-manifest": "true", "compression": "gzip", "mode": "min"]

  private static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "t", "1": true
    case "false", "f", "0": false
    default: nil
    }
  }

  private static func isDigest(_ text: String) -> Bool {
    let digits = text.utf8.dropFirst(7)
    return text.hasPrefix("sha256:") && digits.count == 64 && digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
