import CLinux
import Glibc

/// Unix stream sockets that carry descriptors (`unix(7)`).
public enum UnixSocket {
  /// Listens at a path, which is made with mode 0600; a socket that a dead process left there is replaced. Non-blocking.
  public static func listen(path: String, backlog: Int32 = 64) throws(KernelError) -> Descriptor {
    let socket = try make()
    let number = socket.number
    unlink(path)
    let before = umask(0o177)
    defer { umask(before) }
    try withAddress(path) { (address) throws(KernelError) in
      try kernel("bind(2)", [path]) { clinux_unix_bind(number, address) }
    }
    try kernel("listen(2)", [path]) { Glibc.listen(number, backlog) }
    try socket.setNonBlocking()
    return socket
  }

  /// Connects to a listener. `ENOENT` or `ECONNREFUSED`: nobody is there.
  public static func connect(path: String) throws(KernelError) -> Descriptor {
    let socket = try make()
    let number = socket.number
    try withAddress(path) { (address) throws(KernelError) in
      try kernel("connect(2)", [path]) { clinux_unix_connect(number, address) }
    }
    return socket
  }

  /// The next connection, non-blocking; nil when none waits.
  public static func accept(_ listener: borrowing Descriptor) throws(KernelError) -> Descriptor? {
    let number = listener.number
    do throws(KernelError) {
      return Descriptor(owning: try kernel("accept4(2)") { clinux_accept(number) })
    } catch  where error.errno == EAGAIN || error.errno == ECONNABORTED {
      return nil
    }
  }

  /// Two connected sockets: `SOCK_STREAM`, or `SOCK_SEQPACKET` when messages keep their bounds.
  public static func pair(keepsMessages: Bool = false) throws(KernelError) -> DescriptorPair {
    var numbers: [Int32] = [-1, -1]
    let type = keepsMessages ? Int32(SOCK_SEQPACKET.rawValue) : Int32(SOCK_STREAM.rawValue)
    try kernel("socketpair(2)") { clinux_socketpair(type, &numbers) }
    return DescriptorPair(first: Descriptor(owning: numbers[0]), second: Descriptor(owning: numbers[1]))
  }

  /// Who is at the other end of a connection (`SO_PEERCRED`).
  public static func peer(_ socket: borrowing Descriptor) throws(KernelError) -> (uid: UInt32, pid: Int32) {
    var uid: UInt32 = 0
    var pid: Int32 = 0
    let number = socket.number
    try kernel("getsockopt(2) SO_PEERCRED") { clinux_peer_uid(number, &uid, &pid) }
    return (uid, pid)
  }

  private static func make() throws(KernelError) -> Descriptor {
    Descriptor(owning: try kernel("socket(2)") { clinux_unix_socket(Int32(SOCK_STREAM.rawValue)) })
  }

  /// An address has room for 107 bytes: a longer path is reached through its directory's descriptor.
  static func withAddress(_ path: String, _ body: (String) throws(KernelError) -> Void) throws(KernelError) {
    if path.utf8.count < 108 { return try body(path) }
    let (before, name) = try PathParts.split(path)
    let directory = try Descriptor.open(before, O_DIRECTORY | Int32(CLINUX_O_PATH))
    let last = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try body(directory.magicPath() + "/" + last)
  }
}

/// Two ends of a pipe or a socket pair.
public struct DescriptorPair: ~Copyable, Sendable {
  public var first: Descriptor
  public var second: Descriptor

  /// A pipe: `first` reads, `second` writes. `flags` may be `O_NONBLOCK`, for both ends.
  public static func pipe(_ flags: Int32 = 0) throws(KernelError) -> DescriptorPair {
    var numbers: [Int32] = [-1, -1]
    try kernel("pipe2(2)") { clinux_pipe(&numbers, flags) }
    return DescriptorPair(first: Descriptor(owning: numbers[0]), second: Descriptor(owning: numbers[1]))
  }

  /// Both ends, each its own.
  public consuming func split(_ body: (consuming Descriptor, consuming Descriptor) -> Void) { body(first, second) }

  /// Both ends as objects.
  public consuming func shared() -> (first: SharedDescriptor, second: SharedDescriptor) {
    (SharedDescriptor(first), SharedDescriptor(second))
  }
}
