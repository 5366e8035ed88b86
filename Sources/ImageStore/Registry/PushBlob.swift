import AsyncHTTPClient
import Glibc
import LinuxKit
import NIOCore
import NIOHTTP1
import NIOPosix
import OCI

/// Sends a blob to a repository, unless it is there already (OCI Distribution Specification, "Pushing blobs").
struct PushBlob: Sendable {
  let repository: RegistryRepository
  let descriptor: ContentDescriptor
  let path: String
  let policy: RetryPolicy

  /// `mountingFrom`: other repositories of the registry that may have it. What is broken off goes on where the registry says that it is.
  func run(mountingFrom others: [String], _ progress: (@Sendable (LayerProgress) -> Void)?) async throws {
    let name = descriptor.digest.short
    if try await isThere() {
      progress?(LayerProgress(layer: name, state: .exists))
      return
    }
    var session: RegistryURL?
    for other in others {
      switch try await begin(mountingFrom: other) {
      case nil:
        progress?(LayerProgress(layer: name, state: .mounted(from: other)))
        return
      case let begun?: session = begun
      }
    }
    var fruitless = 0
    var offset: Int64 = 0
    while true {
      do {
        if session == nil {
          session = try await begin(mountingFrom: nil)
          offset = 0
        }
        guard let begun = session else { return }
        session = try await send(from: offset, to: begun) {
          progress?(LayerProgress(layer: name, state: .pushing($0, of: descriptor.size)))
        }
        guard let done = session else { return }
        try await end(done)
        progress?(LayerProgress(layer: name, state: .pushed))
        return
      } catch let error as RegistryError where error.kind == .unavailable || error.kind == .timedOut {
        try Task.checkCancellation()
        fruitless += 1
        guard fruitless < policy.fruitlessTries else { throw error }
        try await Task.sleep(for: policy.delay(before: fruitless + 1))
        let reached = await state(of: session)
        if let reached, reached.offset > offset { fruitless = 1 }
        session = reached?.session
        offset = reached?.offset ?? 0
      }
    }
  }

  private func call(_ method: HTTPMethod, _ target: String) -> RegistryClient.Call {
    RegistryClient.Call(method: method, target: "/v2/\(repository.path)/blobs/\(target)", scopes: repository.scopes)
  }

  private func isThere() async throws -> Bool {
    let answer = try await repository.client.send(call(.HEAD, descriptor.digest.description), to: repository.endpoint)
    switch answer.status {
    case 200: return true
    case 404: return false
    default: throw await repository.failure(answer, "the repository \(repository.path)")
    }
  }

  /// The address to send to; nil: the registry has taken the blob from the other repository.
  private func begin(mountingFrom other: String?) async throws -> RegistryURL? {
    var call = call(.POST, "uploads/")
    if let other {
      call.target += "?mount=\(descriptor.digest.description.queryEscaped)&from=\(other.queryEscaped)"
      call.scopes.append("repository:\(other):pull")
    }
    call.headers.add(name: "Content-Length", value: "0")
    let answer = try await repository.client.send(call, to: repository.endpoint)
    if answer.status == 201, other != nil { return nil }
    guard answer.status == 202 else { throw await repository.failure(answer, "the repository \(repository.path)") }
    return try session(of: answer)
  }

  private func session(of answer: RegistryClient.Answer) throws -> RegistryURL {
    guard let location = answer.headers.first(name: "Location") else {
      throw RegistryError(.invalid, "\(repository.endpoint.name) does not say where to send the layer \(descriptor.digest.short)")
    }
    return try RegistryURL(location, relativeTo: answer.url)
  }

  /// Sends all from a place on; returns where the end is to be told.
  private func send(from offset: Int64, to session: RegistryURL, _ progress: @escaping @Sendable (Int64) -> Void) async throws
    -> RegistryURL
  {
    var call = call(.PATCH, "uploads/")
    call.address = session
    call.isTriedOnce = true
    call.headers.add(name: "Content-Type", value: "application/octet-stream")
    if offset > 0 { call.headers.add(name: "Content-Range", value: "\(offset)-\(descriptor.size - 1)") }
    let (path, size) = (path, descriptor.size)
    call.body = {
      .stream(
        FilePieces(file: SharedDescriptor(try Descriptor.open(path, O_RDONLY)), offset: offset, progress: progress),
        length: .known(size - offset))
    }
    let answer = try await repository.client.send(call, to: repository.endpoint)
    guard answer.status == 202 || answer.status == 201 || answer.status == 204 else {
      let failure = await repository.failure(answer, "the layer \(descriptor.digest.short)")
      // The registry and this side do not agree on what has arrived: begin anew.
      throw answer.status == 416 ? RegistryError(.unavailable, failure.message) : failure
    }
    return try self.session(of: answer)
  }

  private func end(_ session: RegistryURL) async throws {
    var call = call(.PUT, "uploads/")
    call.address = try session.adding("digest", descriptor.digest.description)
    call.isTriedOnce = true
    call.headers.add(name: "Content-Length", value: "0")
    let answer = try await repository.client.send(call, to: repository.endpoint)
    guard answer.status == 201 || answer.status == 204 else {
      throw await repository.failure(answer, "the layer \(descriptor.digest.short)")
    }
  }

  /// What has arrived at a session; nil: it is over.
  private func state(of session: RegistryURL?) async -> (session: RegistryURL, offset: Int64)? {
    guard let session else { return nil }
    var call = call(.GET, "uploads/")
    call.address = session
    guard let answer = try? await repository.client.send(call, to: repository.endpoint), answer.status == 204,
      let range = answer.headers.first(name: "Range"), let last = range.split(separator: "-").last.flatMap({ Int64($0) }),
      (0..<descriptor.size).contains(last), let next = try? self.session(of: answer)
    else { return nil }
    // "0-0" is said of nothing as well as of one byte.
    return (next, last == 0 ? 0 : last + 1)
  }
}

/// A file's bytes from a place on, read in pieces on a thread that may wait.
struct FilePieces: AsyncSequence, Sendable {
  let file: SharedDescriptor
  let offset: Int64
  let progress: @Sendable (Int64) -> Void

  struct AsyncIterator: AsyncIteratorProtocol {
    let file: SharedDescriptor
    var offset: Int64
    let progress: @Sendable (Int64) -> Void
    var told = ContinuousClock.now

    mutating func next() async throws -> ByteBuffer? {
      let (file, place) = (file, offset)
      let piece = try await NIOThreadPool.singleton.runIfActive {
        var buffer = ByteBuffer()
        let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 256 << 10) { raw in
          let number = file.number
          return try kernel("pread(2)") { pread(number, raw.baseAddress, raw.count, off_t(place)) }
        }
        return count == 0 ? nil : buffer
      }
      guard let piece else { return nil }
      offset += Int64(piece.readableBytes)
      let now = ContinuousClock.now
      if now - told >= .milliseconds(100) {
        told = now
        progress(offset)
      }
      return piece
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file, offset: offset, progress: progress) }
}

extension RegistryRepository {
  /// Puts a manifest under a tag.
  func put(_ bytes: [UInt8], _ type: String, _ digest: Digest, tag: String, name: String) async throws {
    var call = RegistryClient.Call(method: .PUT, target: "/v2/\(path)/manifests/\(tag)", scopes: scopes)
    call.headers.add(name: "Content-Type", value: type)
    call.body = { .bytes(ByteBuffer(bytes: bytes)) }
    let answer = try await client.send(call, to: endpoint)
    guard answer.status == 201 || answer.status == 200 else { throw await failure(answer, "the manifest of \(name)") }
    if let told = answer.headers.first(name: "Docker-Content-Digest"), told != digest.description {
      throw RegistryError(.invalid, "\(endpoint.name) has taken the manifest of \(name) for \(shown(told)), but it is \(digest)")
    }
  }
}
