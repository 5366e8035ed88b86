import Glibc
import Synchronization

/// Whether the task that waits for a piece of blocking work has been cancelled.
public final class Cancellation: Sendable {
  private let isCancelled = Atomic(false)
  public init() {}
  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Throws `CancellationError` once the task is cancelled. Long loops call it.
  public func check() throws(CancellationError) {
    if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
  }
}

/// Runs work that blocks (archives, hashing, `syncfs(2)`) on a thread of its own, never on the pool that everybody's tasks share.
///
/// A task that is cancelled before gets a `CancellationError`, and one that is cancelled meanwhile when `body` asks; tidying up is not cancellable.
/// The thread's character set is UTF-8, which libarchive needs to read names; the process's locale stays as it is.
public func onThread<Result: Sendable>(
  isCancellable: Bool = true, _ body: @escaping @Sendable (Cancellation) throws -> Result
) async throws -> Result {
  let cancellation = Cancellation()
  return try await withTaskCancellationHandler {
    if isCancellable { try cancellation.check() }
    return try await withCheckedThrowingContinuation { continuation in
      let work = Work {
        do { continuation.resume(returning: try body(cancellation)) } catch { continuation.resume(throwing: error) }
      }
      var thread = pthread_t()
      let box = Unmanaged.passRetained(work)
      let failure = pthread_create(
        &thread, nil,
        { raw in
          guard let raw else { return nil }
          let work = Unmanaged<Work>.fromOpaque(raw).takeRetainedValue()
          let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
          if let locale { uselocale(locale) }
          work.body()
          if let locale {
            uselocale(LC_GLOBAL_LOCALE_VALUE)
            freelocale(locale)
          }
          return nil
        }, box.toOpaque())
      guard failure == 0 else {
        box.release()
        continuation.resume(throwing: ImageStoreError.system("cannot start a thread: " + String(cString: strerror(failure))))
        return
      }
      pthread_detach(thread)
    }
  } onCancel: {
    if isCancellable { cancellation.cancel() }
  }
}

/// `LC_GLOBAL_LOCALE`, a cast that Swift does not import.
private nonisolated(unsafe) let LC_GLOBAL_LOCALE_VALUE = locale_t(bitPattern: -1)

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
