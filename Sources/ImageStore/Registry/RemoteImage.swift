import OCI

/// An image as its registry describes it, and where the rest of it may be had.
struct RemoteImage: Sendable {
  /// Of what the name stands for: the manifest, or an index.
  var digest: Digest
  var manifest: RemoteManifest
  var image: ImageManifest
  /// What the index says; nil: there was none.
  var platform: Platform?
  /// The place that gave the manifest, then the others.
  var repositories: [RegistryRepository]
  /// What there is to tell of mirrors that were no help.
  var notes: [String] = []

  /// Asks the registry, its mirrors first.
  static func find(_ reference: ImageReference, _ platform: Platform?, _ client: RegistryClient) async throws -> RemoteImage {
    let endpoints = try client.configuration.endpoints(of: reference.registry, forPush: false)
    let repositories = endpoints.map { RegistryRepository(client, $0, reference.repository) }
    var notes: [String] = []
    for (index, repository) in repositories.enumerated() {
      do {
        var found = try await find(reference, platform, repository)
        found.repositories = [repository] + repositories.enumerated().filter { $0.offset > index }.map(\.element)
        found.notes = notes
        return found
      } catch let error as RegistryError where index + 1 < repositories.count {
        // A mirror that cannot help is no reason not to ask the registry itself.
        if error.kind == .invalid, Task.isCancelled { throw error }
        // That it does not have the image is nothing to tell.
        if error.kind != .notFound { notes.append("\(repository.endpoint.name) is no help: \(error.message)") }
      }
    }
    throw RegistryError(.unavailable, "there is no registry to ask for \(reference)")
  }

  private static func find(_ reference: ImageReference, _ platform: Platform?, _ repository: RegistryRepository) async throws -> RemoteImage
  {
    let name = reference.familiar
    let asked = reference.digest.map(\.description) ?? reference.tag ?? "latest"
    let first = try await repository.manifest(asked, expected: reference.digest, name: name)
    switch first.content {
    case .image(let image):
      return RemoteImage(digest: first.digest, manifest: first, image: image, repositories: [repository])
    case .index(let index):
      let wanted = platform ?? .current
      guard let descriptor = index.manifest(for: wanted) else {
        let there = index.platforms
        throw RegistryError(
          .notFound, "\(name) has no image for \(wanted)", hint: there.isEmpty ? nil : "it has " + there.prefix(20).joined(separator: ", "))
      }
      let second = try await repository.manifest(
        descriptor.digest.description, expected: descriptor.digest, size: descriptor.size, name: "\(name) for \(wanted)")
      guard case .image(let image) = second.content, second.mediaType == descriptor.mediaType else {
        throw RegistryError(.invalid, "\(name) has for \(wanted) another thing than its index says: \(second.mediaType)")
      }
      return RemoteImage(digest: first.digest, manifest: second, image: image, platform: wanted, repositories: [repository])
    }
  }

  /// The configuration's bytes; `known`: what is here of that digest.
  func configuration(known: [UInt8]?) async throws -> [UInt8] {
    if let bytes = known, ContentHash.of(bytes) == image.config.digest { return bytes }
    var last: (any Error)?
    for repository in repositories {
      do {
        return try await repository.content(
          image.config, limit: SavedImage.configurationLimit, what: "the configuration \(image.config.digest.short)")
      } catch { last = error }
    }
    throw last ?? CancellationError()
  }

  /// Whether a configuration belongs to the manifest, and what there is to say of it.
  func check(_ configuration: [UInt8], asked: Platform?) throws -> (ImageConfig, notes: [String]) {
    let config: ImageConfig
    do { config = try JSON.decode(ImageConfig.self, from: configuration) } catch {
      throw RegistryError(.invalid, "the image's configuration cannot be read: \(shown(String(describing: error)))")
    }
    guard config.rootfs.type == "layers", config.rootfs.diffIDs.count == image.layers.count else {
      throw RegistryError(
        .invalid, "the image names \(config.rootfs.diffIDs.count) layers in its configuration and \(image.layers.count) in its manifest")
    }
    let own = Platform(os: config.os, architecture: config.architecture).normalized
    guard own.os == "linux" else { throw RegistryError(.invalid, "the image is for \(shown(own.description)), not for Linux") }
    let wanted = asked ?? .current
    guard own.architecture != wanted.architecture else { return (config, []) }
    if asked != nil, platform == nil {
      throw RegistryError(.notFound, "the image is for \(shown(own.description)), and there is none for \(wanted)")
    }
    return (config, ["the image says that it is for \(shown(own.description)), not for \(wanted)"])
  }

  /// What the image is called once it is here: its tag, unless a digest was asked for, and its digest in the repository.
  func names(of reference: ImageReference) -> [ImageReference] {
    let pinned = reference.pinned(to: digest)
    return reference.digest == nil ? [reference, pinned] : [pinned]
  }
}
