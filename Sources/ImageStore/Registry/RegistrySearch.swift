import NIOHTTP1
import OCI

/// Looks for repositories by Docker's first protocol (`GET /v1/search`), or, where a registry does not know that, in the list of all that it has.
struct RegistrySearch: Sendable {
  let client: RegistryClient
  let endpoint: RegistryEndpoint
  let text: String
  let limit: Int

  func run() async throws -> [FoundRepository] {
    if let found = try await askIndex() { return found }
    return try await lookThroughCatalog()
  }

  /// nil: the registry has no index, or not for who asks.
  private func askIndex() async throws -> [FoundRepository]? {
    let isHub = endpoint.registry == "docker.io"
    var call = RegistryClient.Call(target: "/v1/search?q=\(text.queryEscaped)&n=\(limit)", scopes: ["registry:catalog:search"])
    call.headers.add(name: "Accept", value: "application/json")
    let answer: RegistryClient.Answer
    do { answer = try await client.send(call, to: endpoint) } catch let error as RegistryError {
      // Nobody to ask for a token, or sent on to where nobody follows: there is another way.
      guard !isHub, error.kind == .denied || error.kind == .invalid else { throw error }
      return nil
    }
    guard answer.status == 200 else {
      guard !isHub, answer.status < 500 || answer.status == 501, answer.status != 429 else { throw await failure(answer, "the search") }
      return nil
    }
    let bytes: [UInt8]
    do { bytes = try await client.read(answer, limit: 4 << 20, what: "the answer of \(endpoint.name)") } catch let error as TransportError {
      throw error.told(endpoint)
    }
    // Some answer everything that they do not know with a page for people.
    guard isHub || bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
    let found: Found
    do { found = try JSON.decode(Found.self, from: bytes) } catch {
      throw RegistryError(.invalid, "what \(endpoint.name) has found cannot be read: \(shown(String(describing: error)))")
    }
    guard let results = found.results else {
      guard isHub else { return nil }
      throw RegistryError(.invalid, "\(endpoint.name) answers a search with something else")
    }
    // Some send more than they were asked for.
    return results.lazy.compactMap(\.repository).prefix(limit).map { $0 }
  }

  private func lookThroughCatalog() async throws -> [FoundRepository] {
    let list = RegistryList(
      client: client, endpoint: endpoint, path: "/v2/_catalog", scopes: ["registry:catalog:*"], noun: "repositories", owner: endpoint.name)
    let wanted = text.lowercased()
    do {
      let names = try await list.entries(limit: limit) {
        await failure($0, "the list of its repositories")
      } where: {
        !$0.isEmpty && (wanted.isEmpty || $0.contains(wanted))
      }
      return names.map { FoundRepository(name: shown($0, limit: 255)) }
    } catch let error as RegistryError where [.denied, .notFound].contains(error.kind) {
      let isKnown = client.credentials[endpoint.registry] != nil
      let because = error.kind == .notFound ? "not there either" : isKnown ? "not for this user" : "not for everybody"
      throw RegistryError(
        error.kind, "\(endpoint.name) offers no search: it has no index to ask, and the list of its repositories is \(because)",
        hint: isKnown || error.kind == .notFound ? nil : "log in: muster login \(endpoint.registry)")
    }
  }

  private func failure(_ answer: RegistryClient.Answer, _ what: String) async -> RegistryError {
    var error = await RegistryRepository(client, endpoint, "").failure(answer, what)
    if [405, 501].contains(answer.status) { error.kind = .notFound }
    return error
  }

  private struct Found: Decodable {
    struct One: Decodable {
      var name: String?
      var description: String?
      var stars: Int?
      var isOfficial: Bool?
      enum CodingKeys: String, CodingKey {
        case name, description
        case stars = "star_count"
        case isOfficial = "is_official"
      }

      /// As it may be shown: short, on one line; nil without a name.
      var repository: FoundRepository? {
        guard let name, !name.isEmpty else { return nil }
        let line = String((description ?? "").prefix(4096).map { $0.isWhitespace ? " " : $0 })
        return FoundRepository(
          name: shown(name, limit: 255), description: shown(line, limit: 1024), stars: stars ?? 0, isOfficial: isOfficial ?? false)
      }
    }
    var results: [One]?
  }
}
