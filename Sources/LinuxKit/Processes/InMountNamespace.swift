import CLinux
import Glibc

/// Runs `body` in a thread of its own that is in the mount namespace of a process (given as a pidfd), with that namespace's root as `/`, and waits
/// for it. Descriptors that it opens are everybody's.
///
/// Works in a program with threads: a thread that does not share its root with others may change it (`setns(2)`, `CLONE_FS`).
public func inMountNamespace<Value: Sendable>(
  of process: borrowing Descriptor, _ body: @escaping @Sendable () throws(KernelError) -> Value
) throws(KernelError) -> Value {
  let number = process.number
  return try onVisit(to: number, body)
}

/// The same in a mount namespace of its own, a copy of this program's in which nothing that is mounted is seen elsewhere. It lasts as long as the
/// thread, or a descriptor of it (`/proc/thread-self/ns/mnt`).
public func inNewMountNamespace<Value: Sendable>(_ body: @escaping @Sendable () throws(KernelError) -> Value) throws(KernelError) -> Value {
  try onVisit(to: nil, body)
}

private func onVisit<Value: Sendable>(to process: Int32?, _ body: @escaping @Sendable () throws(KernelError) -> Value) throws(KernelError)
  -> Value
{
  let visit = Visit(process: process, body: body)
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
  private let process: Int32?
  private let body: @Sendable () throws(KernelError) -> Value
  private(set) var outcome: Result<Value, KernelError> = .failure(KernelError("setns(2)", errno: ESRCH))

  init(process: Int32?, body: @escaping @Sendable () throws(KernelError) -> Value) {
    self.process = process
    self.body = body
  }

  override func run() {
    do throws(KernelError) {
      // CLONE_FS: root and working directory of its own.
      try kernel("unshare(2)", ["fs"]) { clinux_unshare(0x200) }
      if let process {
        try Namespaces.join(process, .mount)
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
