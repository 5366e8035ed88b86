import Glibc
import LinuxKit
import OCI

/// Where a cache's parts are had by their digests.
enum CacheSource: Sendable {
  /// The place that gave the manifest first, then the others.
  case repositories([RegistryRepository])
  /// A directory with an OCI layout.
  case layout(String)

  /// Finds the document that a location names, and asks for nothing else.
  static func find(_ location: CacheLocation, _ client: RegistryClient) async throws -> (manifest: CacheManifest, source: CacheSource) {
    switch location {
    case .registry(let written):
      let reference = written.orLatest
      let repositories = try client.configuration.endpoints(of: reference.registry, forPush: false).map {
        RegistryRepository(client, $0, reference.repository)
      }
      var last: any Error = RegistryError(.unavailable, "there is no registry to ask for \(reference)")
      for (index, repository) in repositories.enumerated() {
        let found: (bytes: [UInt8], contentType: String?)
        do {
          found = try await repository.document(
            reference.digest?.description ?? reference.tag ?? "latest", expected: reference.digest, name: reference.familiar)
        } catch let error as RegistryError {
          last = error
          continue
        }
        let manifest = try CacheManifest(found.bytes, contentType: found.contentType, name: location.name)
        return (manifest, .repositories([repository] + repositories[(index + 1)...]))
      }
      throw last
    case .directory(let path, let tag, let digest):
      let source = CacheSource.layout(path)
      let descriptor = try await onThread { _ in try Self.descriptor(in: path, tag: tag, digest: digest) }
      let bytes = try await source.content(descriptor, limit: RemoteManifest.limit, what: "the manifest of \(path)")
      return (try CacheManifest(bytes, contentType: nil, name: path), source)
    }
  }

  /// Small content, which has its digest.
  func content(_ descriptor: ContentDescriptor, limit: Int, what: String) async throws -> [UInt8] {
    guard (0...Int64(limit)).contains(descriptor.size) else { throw ImageStoreError.invalid("\(what) is larger than \(limit) bytes") }
    switch self {
    case .repositories(let repositories):
      var last: any Error = CancellationError()
      for repository in repositories {
        do { return try await repository.content(descriptor, limit: limit, what: what) } catch { last = error }
      }
      throw last
    case .layout(let path):
      return try await onThread { _ in
        let bytes = try Self.reading(SavedLayout.path(descriptor.digest), in: path) { root, name throws(KernelError) in
          try root.read(name, limit: limit)
        }
        guard Int64(bytes.count) == descriptor.size, ContentHash.of(bytes) == descriptor.digest else {
          throw ImageStoreError.invalid("\(what) is not what its digest says")
        }
        return bytes
      }
    }
  }

  /// A manifest that an index names.
  func manifest(_ descriptor: ContentDescriptor, name: String) async throws -> CacheManifest {
    switch self {
    case .repositories(let repositories):
      // Registries give manifests where manifests are.
      guard let repository = repositories.first else { throw CancellationError() }
      let found = try await repository.document(
        descriptor.digest.description, expected: descriptor.digest, size: descriptor.size, name: name)
      return try CacheManifest(found.bytes, contentType: found.contentType, name: name)
    case .layout:
      let bytes = try await content(descriptor, limit: RemoteManifest.limit, what: "the manifest of \(name)")
      return try CacheManifest(bytes, contentType: nil, name: name)
    }
  }

  /// Gives a file of a layout's directory to `body`; no link leads out of the directory. What the kernel says is told in words.
  static func reading<Value>(
    _ name: String, in path: String, _ body: (borrowing RootedDirectory, String) throws(KernelError) -> Value
  ) throws -> Value {
    do throws(KernelError) { return try body(RootedDirectory(path: path), name) } catch {
      throw ImageStoreError.invalid("\(path)/\(name): \(error.errno == EINVAL ? "is no regular file" : error.reason)")
    }
  }

  private static func descriptor(in path: String, tag: String, digest: Digest?) throws -> ContentDescriptor {
    let bytes = try reading("index.json", in: path) { root, name throws(KernelError) in
      try root.read(name, limit: RemoteManifest.limit)
    }
    let index: ImageIndex
    do { index = try JSON.decode(ImageIndex.self, from: bytes) } catch {
      throw ImageStoreError.invalid("\(path)/index.json cannot be read: \(shown(String(describing: error)))")
    }
    let found = index.manifests.last { descriptor in
      if let digest { return descriptor.digest == digest }
      return descriptor.annotations?["org.opencontainers.image.ref.name"] == tag
    }
    guard let found else { throw ImageStoreError.invalid("\(path) has no cache \(digest.map { "\($0)" } ?? "with the tag \(tag)")") }
    return found
  }
}
