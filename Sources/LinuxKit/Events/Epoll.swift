import CLinux
import Glibc

/// Waits for many descriptors at once (`epoll(7)`), level-triggered.
public struct Epoll: ~Copyable, Sendable {
  /// What a descriptor is ready for, with the values of `epoll_ctl(2)`.
  public struct Readiness: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let read = Readiness(rawValue: 0x1)
    /// Something beside the data, as a change of the table of mounts.
    public static let priority = Readiness(rawValue: 0x2)
    public static let write = Readiness(rawValue: 0x4)
    public static let error = Readiness(rawValue: 0x8)
    public static let hangUp = Readiness(rawValue: 0x10)
  }

  /// One answer: the token that the descriptor was added with.
  public struct Event: Sendable {
    public var token: UInt64
    public var readiness: Readiness
  }

  private let descriptor: Descriptor
  /// The number, to be waited for in its turn.
  public var number: Int32 { descriptor.number }

  public init() throws(KernelError) {
    descriptor = Descriptor(owning: try kernel("epoll_create1(2)") { clinux_epoll_create() })
  }

  /// Begins to watch a descriptor; errors and hang-ups are always told.
  public borrowing func add(_ number: Int32, _ readiness: Readiness, token: UInt64) throws(KernelError) {
    try set(Int32(CLINUX_EPOLL_ADD), number, readiness, token)
  }

  /// Watches for something else.
  public borrowing func change(_ number: Int32, _ readiness: Readiness, token: UInt64) throws(KernelError) {
    try set(Int32(CLINUX_EPOLL_MODIFY), number, readiness, token)
  }

  /// Stops watching. A descriptor whose last copy is closed goes by itself.
  public borrowing func remove(_ number: Int32) throws(KernelError) {
    try set(Int32(CLINUX_EPOLL_DELETE), number, [], 0)
  }

  private borrowing func set(_ operation: Int32, _ number: Int32, _ readiness: Readiness, _ token: UInt64) throws(KernelError) {
    let epoll = descriptor.number
    try kernel("epoll_ctl(2)", [String(number)]) { clinux_epoll_set(epoll, operation, number, readiness.rawValue, token) }
  }

  /// Waits for at most `milliseconds` (-1: for ever) and hands each event to `body`; returns how many there were.
  @discardableResult
  public borrowing func wait(milliseconds: Int32 = -1, _ body: (Event) -> Void) throws(KernelError) -> Int {
    let epoll = descriptor.number
    return try withUnsafeTemporaryAllocation(of: clinux_event.self, capacity: 64) { (buffer) throws(KernelError) in
      let count = clinux_epoll_wait(epoll, buffer.baseAddress, 64, milliseconds)
      if count < 0 {
        if errno == EINTR { return 0 }
        throw KernelError.last("epoll_wait(2)")
      }
      for index in 0..<Int(count) {
        body(Event(token: buffer[index].token, readiness: Readiness(rawValue: buffer[index].events)))
      }
      return Int(count)
    }
  }
}
