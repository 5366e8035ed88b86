import Foundation

/// An image that is large enough to take time: three layers that cannot be compressed, of few large files, and three of text, of many small
/// ones. It is made without an engine, as `docker save` would write it, and as a registry has it.
struct BigImage {
  /// Its name in the archive, and in the registry.
  static let loaded = "big:loaded"
  static let pulled = "127.0.0.1:5000/big:1"
  static let pushed = "127.0.0.1:5001/pushed:1"
  /// As `docker save` writes it.
  let archive: String
  /// What a registry that has it keeps: `big:1`.
  let registry: String
  /// The digest of its configuration: what an engine calls it, under whatever names.
  let id: String

  /// Made at the first call.
  init(base: String, megabytes: Int) throws {
    let directory = base + "/big"
    archive = directory + "/big.tar"
    registry = directory + "/registry"
    if FileManager.default.fileExists(atPath: archive) {
      id = try Blob(directory + "/config.json", "").digest
      return
    }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let layers = try (0..<6).map { try BigImage.layer($0, bytes: megabytes * 1_000_000 / 6, in: directory) }
    let config = try BigImage.config(layers, in: directory)
    id = try Blob(config, "").digest
    try BigImage.save(BigImage.loaded, layers, config, in: directory, as: archive)
    try upload(layers, config)
  }

  private struct Blob: Codable {
    var mediaType: String
    var size: Int
    var digest: String

    init(_ file: String, _ mediaType: String) throws {
      self.mediaType = mediaType
      size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
      digest = "sha256:" + (try run(["sha256sum", file]).output.prefix(64))
    }
  }

  /// A layer's tar file. Even numbers are random bytes; in the last are busybox and the sums of a file of each.
  private static func layer(_ number: Int, bytes: Int, in directory: String) throws -> String {
    let tree = "\(directory)/layer\(number)"
    let data = "\(tree)/data\(number)"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    if number % 2 == 0 {
      for file in 0..<10 { try run(["sh", "-c", "head -c \(bytes / 10) /dev/urandom >\(data)/\(file)"]) }
    } else {
      var random = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
      func next(_ limit: Int) -> Int {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(random >> 33) % limit
      }
      let words = (0..<1000).map { _ in (0..<3 + next(8)).map { _ in UInt8(97 + next(26)) } + [next(12) == 0 ? 0x0A : 0x20] }
      for file in 0..<1000 {
        var text: [UInt8] = []
        while text.count < bytes / 1000 { text += words[next(1000)] }
        try Data(text).write(to: URL(fileURLWithPath: "\(data)/\(file)"))
      }
    }
    if number == 5 {
      try FileManager.default.createDirectory(atPath: tree + "/bin", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: tree + "/bin/busybox")
      let sums = "for n in 0 1 2 3 4 5; do (cd \(directory)/layer$n && sha256sum data$n/7) || exit; done"
      try run(["sh", "-c", sums]).output.write(toFile: tree + "/sums", atomically: true, encoding: .utf8)
    }
    try run(["tar", "-C", tree, "--owner=0", "--group=0", "-cf", tree + ".tar", "."])
    return tree + ".tar"
  }

  private static func config(_ layers: [String], in directory: String) throws -> String {
    struct Config: Encodable {
      struct Roots: Encodable {
        var type = "layers"
        var diff_ids: [String]
      }
      var architecture = "amd64"
      var os = "linux"
      var config = ["Cmd": ["/bin/busybox", "sha256sum", "-c", "/sums"]]
      var rootfs: Roots
    }
    let digests = try layers.map { try Blob($0, "").digest }
    try JSONEncoder().encode(Config(rootfs: .init(diff_ids: digests))).write(to: URL(fileURLWithPath: directory + "/config.json"))
    return directory + "/config.json"
  }

  private static func save(_ name: String, _ layers: [String], _ config: String, in directory: String, as archive: String) throws {
    struct Entry: Encodable {
      var Config: String
      var RepoTags: [String]
      var Layers: [String]
    }
    // Parts are named by their digests.
    func named(_ file: String, _ ending: String) throws -> String {
      let name = try Blob(file, "").digest.dropFirst("sha256:".count) + ending
      try FileManager.default.linkItem(atPath: file, toPath: "\(directory)/\(name)")
      return String(name)
    }
    let names = try layers.map { try named($0, ".tar") }
    let configName = try named(config, ".json")
    try JSONEncoder().encode([Entry(Config: configName, RepoTags: [name], Layers: names)])
      .write(to: URL(fileURLWithPath: directory + "/manifest.json"))
    try run(["tar", "-C", directory, "-cf", archive, "manifest.json", configName] + names)
  }

  /// To a registry's API (Docker Registry HTTP API V2): each blob, then the manifest.
  private func upload(_ layers: [String], _ config: String) throws {
    struct Manifest: Encodable {
      var schemaVersion = 2
      var mediaType = BigImage.manifestType
      var config: Blob
      var layers: [Blob]
    }
    let server = try Registry(directory: registry, port: 5000)
    defer { server.stop() }
    func put(_ file: String, _ type: String) throws -> Blob {
      let blob = try Blob(file, type)
      let head = try run(["curl", "-sfi", "-X", "POST", "http://127.0.0.1:5000/v2/big/blobs/uploads/"]).output
      guard let line = head.split(whereSeparator: \.isNewline).first(where: { $0.lowercased().hasPrefix("location:") }) else {
        throw Failure("the registry did not say where to upload: \(head)")
      }
      let place = line.dropFirst("location:".count).trimmingCharacters(in: .whitespaces)
      let type = "Content-Type: application/octet-stream"
      try run(["curl", "-sf", "-X", "PUT", "-H", type, "--data-binary", "@" + file, "\(place)&digest=\(blob.digest)"])
      return blob
    }
    let blobs = try layers.map { layer in
      try run(["gzip", "-kf", layer])
      return try put(layer + ".gz", "application/vnd.docker.image.rootfs.diff.tar.gzip")
    }
    let manifest = Manifest(config: try put(config, "application/vnd.docker.container.image.v1+json"), layers: blobs)
    let file = config + ".manifest"
    try JSONEncoder().encode(manifest).write(to: URL(fileURLWithPath: file))
    let type = "Content-Type: " + BigImage.manifestType
    try run(["curl", "-sf", "-X", "PUT", "-H", type, "--data-binary", "@" + file, "http://127.0.0.1:5000/v2/big/manifests/1"])
  }

  static let manifestType = "application/vnd.docker.distribution.manifest.v2+json"
}
