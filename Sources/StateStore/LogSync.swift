import Foundation
import Glibc
import Synchronization

/// Brings what was committed from the kernel's memory to the disk, beside the commits, which do not wait for it: many commits are one `fdatasync(2)`.
final class LogSync: Sendable {
  /// SQLite's write-ahead log. It holds no locks of SQLite's, so that a descriptor of ours may come and go.
  private let descriptor: Int32
  private let isDue = Atomic(false)
  private let failure = Mutex<Int32?>(nil)
  /// Microseconds from the first commit on: those of one operation come together.
  private static let pause: useconds_t = 50_000

  /// Opens the log beside a database that has been written to. Throws `StateStoreError.system`.
  init(database path: String) throws {
    descriptor = open(path + "-wal", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw StateStoreError.system("\(path)-wal: " + String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  /// Something was committed.
  func committed() {
    guard !isDue.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // It blocks: a thread of its own.
    Thread.detachNewThread {
      usleep(Self.pause)
      self.finish()
    }
  }

  /// Returns when all that was committed before is on the disk, unless another thread is about to bring it there.
  func finish() {
    guard isDue.exchange(false, ordering: .acquiringAndReleasing) else { return }
    while fdatasync(descriptor) != 0 {
      if errno == EINTR { continue }
      failure.withLock { $0 = errno }
      return
    }
  }

  /// What went wrong last, once.
  func lastFailure() -> StateStoreError? {
    failure.withLock { failure in
      defer { failure = nil }
      return failure.map { .system("the state could not be brought to the disk: " + String(cString: strerror($0))) }
    }
  }
}
