import Glibc

/// Tells what happens to the files of directories (`inotify(7)`): not of those below them, each of which is added by itself.
public struct FileWatch: ~Copyable, Sendable {
  /// One thing that happened.
  public struct Event: Sendable, Equatable {
    /// What `add` returned for the directory; -1 with `isOverflow`.
    public var watch: Int32
    /// Of the file in the directory; empty: the directory itself.
    public var name: [UInt8]
    public var isDirectory: Bool
    /// It is there now, made or moved in.
    public var hasAppeared: Bool
    /// The directory is watched no more: it is gone.
    public var isLast: Bool
    /// Events were lost: anything may have happened.
    public var isOverflow: Bool
  }

  private let descriptor: Descriptor
  /// The number to watch for reading.
  public var number: Int32 { descriptor.number }

  public init() throws(KernelError) {
    descriptor = Descriptor(owning: try kernel("inotify_init1(2)") { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
  }

  /// Begins to watch a directory; returns what its events are told by. One that is watched already has the same number again.
  public borrowing func add(_ path: UnsafePointer<CChar>) throws(KernelError) -> Int32 {
    let number = descriptor.number
    let mask = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW
    return try kernel("inotify_add_watch(2)", [String(cString: path)]) { inotify_add_watch(number, path, UInt32(bitPattern: mask)) }
  }

  /// Watches a directory no more.
  public borrowing func remove(_ watch: Int32) { _ = inotify_rm_watch(descriptor.number, watch) }

  /// What has happened since the last call; empty: nothing.
  public borrowing func events() throws(KernelError) -> [Event] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let number = descriptor.number
    let count = buffer.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) }
    guard count >= 0 else {
      if errno == EAGAIN || errno == EINTR { return [] }
      throw KernelError.last("read(2)")
    }
    var events: [Event] = []
    buffer.withUnsafeBytes { raw in
      // struct inotify_event: watch 4, mask 4, cookie 4, length of the name with its zeros 4, name.
      var at = 0
      while at + 16 <= count {
        let mask = raw.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
        let length = Int(raw.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
        let name = raw[(at + 16)..<min(at + 16 + length, count)].prefix { $0 != 0 }
        func has(_ flags: Int32...) -> Bool { flags.contains { mask & UInt32(bitPattern: $0) != 0 } }
        events.append(
          Event(
            watch: raw.loadUnaligned(fromByteOffset: at, as: Int32.self), name: Array(name), isDirectory: has(IN_ISDIR),
            hasAppeared: has(IN_CREATE, IN_MOVED_TO), isLast: has(IN_IGNORED), isOverflow: has(IN_Q_OVERFLOW)))
        at += 16 + length
      }
    }
    return events
  }
}
