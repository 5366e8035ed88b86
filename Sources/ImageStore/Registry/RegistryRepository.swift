import NIOHTTP1
import OCI

/// A repository of a registry, at one of the places where the registry may be asked.
struct RegistryRepository: Sendable {
  let client: RegistryClient
  let endpoint: RegistryEndpoint
  /// `library/debian`
  let path: String
  var scopes: [String]

  init(_ client: RegistryClient, _ endpoint: RegistryEndpoint, _ path: String, actions: String = "pull") {
    self.client = client
    self.endpoint = endpoint
    self.path = path
    scopes = ["repository:\(path):\(actions)"]
  }

  /// The manifest of a tag or digest. `size`: when it is known before.
  func manifest(_ reference: String, expected: Digest?, size: Int64? = nil, name: String) async throws -> RemoteManifest {
    let found = try await document(reference, expected: expected, size: size, name: name)
    return try RemoteManifest(found.bytes, contentType: found.contentType, name: name)
  }

  /// The same as it came, whatever it is of: its digest is right, and nothing else has been looked at.
  func document(
    _ reference: String, expected: Digest?, size: Int64? = nil, name: String
  ) async throws -> (bytes: [UInt8], contentType: String?) {
    var call = RegistryClient.Call(target: "/v2/\(path)/manifests/\(reference)", scopes: scopes)
    for type in RemoteManifest.accepted { call.headers.add(name: "Accept", value: type) }
    let answer = try await client.send(call, to: endpoint)
    guard answer.status == 200 else { throw await failure(answer, name) }
    do {
      let bytes = try await client.read(answer, limit: RemoteManifest.limit, what: "the manifest of \(name)")
      let digest = ContentHash.of(bytes)
      guard expected == nil || expected == digest else {
        throw RegistryError(.invalid, "the registry gives another manifest for \(name): its digest is \(digest)")
      }
      if let told = answer.headers.first(name: "Docker-Content-Digest"), told != digest.description {
        throw RegistryError(
          .invalid, "the registry says that the manifest of \(name) is \(shown(told)), but it is \(digest)")
      }
      guard size == nil || size == Int64(bytes.count) else {
        throw RegistryError(.invalid, "the manifest of \(name) has \(bytes.count) bytes, not \(size ?? 0) as its index says")
      }
      return (bytes, answer.headers.first(name: "Content-Type"))
    } catch let error as TransportError { throw error.told(endpoint) }
  }

  /// Small content by its digest.
  func content(_ descriptor: ContentDescriptor, limit: Int, what: String) async throws -> [UInt8] {
    let call = RegistryClient.Call(target: "/v2/\(path)/blobs/\(descriptor.digest)", scopes: scopes)
    let answer = try await client.send(call, to: endpoint)
    guard answer.status == 200 else { throw await failure(answer, what) }
    do {
      let bytes = try await client.read(answer, limit: min(limit, Int(clamping: descriptor.size)), what: what)
      guard Int64(bytes.count) == descriptor.size, ContentHash.of(bytes) == descriptor.digest else {
        throw RegistryError(.invalid, "\(what) is not what its digest says")
      }
      return bytes
    } catch let error as TransportError { throw error.told(endpoint) }
  }

  /// The error that an answer is.
  func failure(_ answer: RegistryClient.Answer, _ what: String) async -> RegistryError {
    let told = await reason(answer)
    let because = told.map { ": \($0)" } ?? ""
    let isKnown = client.credentials[endpoint.registry] != nil && !endpoint.isMirror
    let logIn = "muster login" + (endpoint.registry == "docker.io" ? "" : " \(endpoint.registry)")
    switch answer.status {
    case 401:
      return isKnown
        ? RegistryError(.denied, "\(endpoint.name) does not let this user at \(what)\(because)", hint: "log in as another: \(logIn)")
        : RegistryError(
          .denied, "\(endpoint.name) does not have \(what), or not for everybody\(because)", hint: "look at the name, or log in: \(logIn)")
    case 403:
      return RegistryError(.denied, "\(endpoint.name) does not let this user at \(what)\(because)", hint: "log in: \(logIn)")
    case 404:
      return RegistryError(
        .notFound, "\(endpoint.name) does not have \(what)\(because)",
        hint: "look at the name and the tag" + (isKnown ? "" : "; if it is private, log in: \(logIn)"))
    case 429:
      return RegistryError(
        .unavailable, "\(endpoint.name) has been asked too often\(because)",
        hint: isKnown ? "try again later" : "try again later, or log in: \(logIn)")
    default:
      return RegistryError(
        answer.status >= 500 ? .unavailable : .invalid, "\(endpoint.name) answers with status \(answer.status) for \(what)\(because)")
    }
  }

  /// What the registry says of it (`{"errors": [{"code": …, "message": …}]}`), if anything.
  private func reason(_ answer: RegistryClient.Answer) async -> String? {
    struct Told: Decodable {
      struct One: Decodable {
        var code: String?
        var message: String?
      }
      var errors: [One]?
    }
    guard let bytes = try? await client.read(answer, limit: 65_536, what: "the answer"), !bytes.isEmpty,
      let first = (try? JSON.decode(Told.self, from: bytes))?.errors?.first
    else { return nil }
    return (first.message ?? first.code).map { shown($0) }
  }
}
