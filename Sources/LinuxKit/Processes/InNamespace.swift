import CLinux
import Glibc

/// Runs `body` in a thread of its own that is in a namespace of this kind, and waits for it: that of a process (given as a pidfd), or the one that
/// the descriptor is. In a mount namespace its root is `/`. Descriptors that it opens are everybody's.
///
/// Works in a program with threads: a thread that does not share its root with others may change it (`setns(2)`, `CLONE_FS`).
///
/// `body` must neither resume a task nor start a thread. A thread begins in the namespaces of the one that starts it, and what resumes a task may
/// start one of the pool that runs everybody's tasks.
public func inNamespace<Value: Sendable>(
  _ namespace: borrowing Descriptor, _ kind: Namespaces, _ body: @escaping @Sendable () throws(KernelError) -> Value
) throws(KernelError) -> Value {
  let number = namespace.number
  return try onVisit(to: (number, kind), body)
}

/// The same in a mount namespace of its own, a copy of this program's in which nothing that is mounted is seen elsewhere. It lasts as long as the
/// thread, or a descriptor of it (`/proc/thread-self/ns/mnt`).
public func inNewMountNamespace<Value: Sendable>(_ body: @escaping @Sendable () throws(KernelError) -> Value) throws(KernelError) -> Value {
  try onVisit(to: nil, body)
}

private func onVisit<Value: Sendable>(
  to place: (number: Int32, kind: Namespaces)?, _ body: @escaping @Sendable () throws(KernelError) -> Value
) throws(KernelError) -> Value {
  let visit = Visit(place: place, body: body)
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { raw in
      if let raw { Unmanaged<AnyVisit>.fromOpaque(raw).takeUnretainedValue().run() }
      return nil
    }, Unmanaged<AnyVisit>.passUnretained(visit).toOpaque())
  guard failure == 0 else { throw KernelError("pthread_create(3)", errno: failure) }
  pthread_join(thread, nil)
  return try withExtendedLifetime(visit) { () throws(KernelError) in try visit.outcome.get() }
}

/// What the thread is handed, whatever it brings back.
private class AnyVisit {
  func run() {}
}

private final class Visit<Value: Sendable>: AnyVisit {
  private let place: (number: Int32, kind: Namespaces)?
  private let body: @Sendable () throws(KernelError) -> Value
  private(set) var outcome: Result<Value, KernelError> = .failure(KernelError("setns(2)", errno: ESRCH))

  init(place: (number: Int32, kind: Namespaces)?, body: @escaping @Sendable () throws(KernelError) -> Value) {
    self.place = place
    self.body = body
  }

  override func run() {
    do throws(KernelError) {
      // CLONE_FS: root and working directory of its own.
      try kernel("unshare(2)", ["fs"]) { clinux_unshare(0x200) }
      if let place {
        try Namespaces.join(place.number, place.kind)
      } else {
        // CLONE_NEWNS.
        try kernel("unshare(2)", ["mount"]) { clinux_unshare(0x20000) }
        let flags = UInt(CLINUX_MS_REC | CLINUX_MS_SLAVE)
        try kernel("mount(2) rslave /") { clinux_mount(nil, "/", nil, flags, nil) }
      }
      outcome = .success(try body())
    } catch {
      outcome = .failure(error)
    }
  }
}
