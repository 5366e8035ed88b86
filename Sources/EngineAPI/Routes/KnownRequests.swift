import Backend
import Hummingbird
import StackModel
import Synchronization

/// The last few requests that came with a digest, so that the same need not come, and be decoded, again. What is done with one is the same as if
/// it had come whole: everything else is looked at anew.
final class KnownRequests: Sendable {
  private static let limit = 8
  private let requests = Mutex<[(digest: String, request: StackRequest)]>([])

  /// The request that came, or with `Muster-Digest` and without a body the one that came under that digest before. nil: none did.
  func request(_ request: inout Request, _ context: EngineContext) async throws -> StackRequest? {
    let digest = request.headers[.musterDigest].flatMap { isHexadecimal($0, digits: 64) ? $0 : nil }
    guard let digest else { return try await stackRequest(&request, context) }
    if request.headers[.contentLength] == nil, request.headers[.transferEncoding] == nil {
      guard let found = find(digest) else { return nil }
      try check(found.project, is: try project(context))
      return found
    }
    let asked = try await stackRequest(&request, context)
    add(asked, digest)
    return asked
  }

  /// Those with values of secrets are not kept.
  private func add(_ request: StackRequest, _ digest: String) {
    guard request.values.isEmpty else { return }
    requests.withLock { requests in
      requests.removeAll { $0.digest == digest || $0.request.project == request.project }
      requests.append((digest, request))
      if requests.count > Self.limit { requests.removeFirst() }
    }
  }

  private func find(_ digest: String) -> StackRequest? {
    requests.withLock { requests in requests.first { $0.digest == digest }?.request }
  }
}
