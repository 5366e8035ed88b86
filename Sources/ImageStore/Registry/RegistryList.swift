import NIOHTTP1
import OCI

/// A list that a registry gives page by page: tags (OCI Distribution Specification, "Listing Tags"), repositories (distribution's `_catalog`).
struct RegistryList: Sendable {
  let client: RegistryClient
  let endpoint: RegistryEndpoint
  /// `/v2/…/tags/list`
  let path: String
  let scopes: [String]
  /// `tags`; it is what the list is called in the answer, too.
  let noun: String
  /// Whose they are.
  let owner: String

  /// More than that nobody has.
  static let most = 100_000
  private static let mostPages = 1000
  private var what: String { "the \(noun) of \(owner)" }

  /// The entries that pass, at most `limit`. `failure`: the error that an answer of another status than 200 is.
  func entries(
    limit: Int = .max, failure: (RegistryClient.Answer) async -> RegistryError, where passes: (String) -> Bool = { _ in true }
  ) async throws -> [String] {
    var found: [String] = []
    var seen = 0
    let began = ContinuousClock.now
    // Some allow fewer in a page and refuse to be asked for more.
    var target = path + "?n=1000"
    var mayAskForLess = true
    for _ in 0..<Self.mostPages {
      let answer = try await client.send(RegistryClient.Call(target: target, scopes: scopes), to: endpoint)
      if answer.status == 400, mayAskForLess {
        (target, mayAskForLess) = (path, false)
        continue
      }
      mayAskForLess = false
      guard answer.status == 200 else { throw await failure(answer) }
      let page = try await entries(of: answer)
      seen += page.count
      guard seen <= Self.most else { throw RegistryError(.invalid, "\(owner) has more than \(Self.most) \(noun)") }
      for entry in page where found.count < limit && passes(entry) { found.append(entry) }
      guard found.count < limit, !page.isEmpty, let next = answer.next(of: endpoint.prefix + path), next != endpoint.prefix + target else {
        return found
      }
      guard ContinuousClock.now - began < client.policy.answerTimeout * 5 else {
        throw RegistryError(.timedOut, "\(what) come too slowly: after \(seen) there are still more")
      }
      target = String(next.dropFirst(endpoint.prefix.count))
    }
    throw RegistryError(.invalid, "\(what) come in more than \(Self.mostPages) pages")
  }

  private func entries(of answer: RegistryClient.Answer) async throws -> [String] {
    do {
      let bytes = try await client.read(answer, limit: 4 << 20, what: what)
      let page = try JSON.decode(Page.self, from: bytes)
      return page.tags ?? page.repositories ?? []
    } catch let error as TransportError { throw error.told(endpoint) } catch let error as RegistryError { throw error } catch {
      try Task.checkCancellation()
      throw RegistryError(.invalid, "\(what) cannot be read: \(shown(String(describing: error)))")
    }
  }

  private struct Page: Decodable {
    var tags: [String]?
    var repositories: [String]?
  }
}

extension RegistryClient.Answer {
  /// Where the page after this one is (`Link: </v2/…?last=x>; rel="next"`, RFC 8288), if it is of the same list, at the same registry.
  func next(of path: String) -> String? {
    for (written, parameters) in headers["Link"].lazy.flatMap(Self.links) where Self.isNext(parameters) {
      guard let next = try? RegistryURL(String(written), relativeTo: url) else { continue }
      if next.origin == url.origin, next.path == path[...], next.target != next.path { return String(next.target) }
    }
    return nil
  }

  /// `<A>; B, <C>; D` is A with B and C with D.
  private static func links(_ value: String) -> [(Substring, Substring)] {
    var found: [(Substring, Substring)] = []
    var rest = value.prefix(16_384)
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let parameters = rest[rest.index(after: close)...].prefix { $0 != "<" }
      found.append((rest[rest.index(after: open)..<close], parameters))
      rest = rest[parameters.endIndex...]
    }
    return found
  }

  private static func isNext(_ parameters: Substring) -> Bool {
    parameters.lowercased().split { ";, ".contains($0) }.contains { ["rel=next", "rel=\"next\""].contains($0) }
  }
}
