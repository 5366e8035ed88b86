import CLinux
import Glibc
import LinuxKit

/// Connects to a socket as another user: in a thread of its own, since credentials belong to threads and `SO_PEERCRED` is the connecting one's.
func connect(to socket: String, as user: UInt32) throws -> Descriptor {
  final class Box {
    var socket: String
    var user: UInt32
    var result: Result<SharedDescriptor, KernelError>?
    init(socket: String, user: UInt32) {
      self.socket = socket
      self.user = user
    }
  }
  let box = Box(socket: socket, user: user)
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { raw in
      let box = Unmanaged<Box>.fromOpaque(raw!).takeUnretainedValue()
      do throws(KernelError) {
        guard clinux_setresuid(box.user) == 0 else { throw KernelError.last("setresuid(2)") }
        box.result = .success(SharedDescriptor(try UnixSocket.connect(path: box.socket)))
      } catch {
        box.result = .failure(error)
      }
      return nil
    }, Unmanaged.passUnretained(box).toOpaque())
  guard failure == 0 else { throw KernelError("pthread_create(3)", errno: failure) }
  pthread_join(thread, nil)
  return try withExtendedLifetime(box) { try box.result!.get().descriptor.duplicate() }
}
