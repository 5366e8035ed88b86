import Backend
import Synchronization

/// The last few requests that came with a digest, so that the same need not come, and be decoded, again. What is done with one is the same as if
/// it had come whole: everything else is looked at anew.
final class KnownRequests: Sendable {
  private static let limit = 8
  private let requests = Mutex<[(digest: String, request: StackRequest)]>([])

  /// Those with values of secrets are not kept.
  func add(_ request: StackRequest, _ digest: String) {
    guard request.values.isEmpty else { return }
    requests.withLock { requests in
      requests.removeAll { $0.digest == digest || $0.request.project == request.project }
      requests.append((digest, request))
      if requests.count > Self.limit { requests.removeFirst() }
    }
  }

  func find(_ digest: String) -> StackRequest? {
    requests.withLock { requests in requests.first { $0.digest == digest }?.request }
  }
}
