/// What is done with a container's lines, beyond a file that is rotated.
public struct LogOptions: Equatable, Sendable {
  /// An object of JSON that each line in the file has as `attrs`; nil: none.
  public var attributes: String?
  /// The engine packs files that have been rotated: `log.1` may be `log.1.gz`.
  public var isPacked: Bool
  /// Where the lines go as well.
  public var forwarding: LogForwarding?
  public init(attributes: String? = nil, isPacked: Bool = false, forwarding: LogForwarding? = nil) {
    self.attributes = attributes
    self.isPacked = isPacked
    self.forwarding = forwarding
  }
}

/// A daemon that gets a container's lines, while they are written.
public struct LogForwarding: Equatable, Sendable {
  public var address: LogAddress
  public var form: Form
  /// How many bytes wait for it; beyond, lines are left out.
  public var longestQueue: Int64
  /// The container waits a moment (`LogForwarder.patience`) for one that reads slowly.
  public var waits: Bool
  public init(address: LogAddress, form: Form, longestQueue: Int64 = 1 << 20, waits: Bool = true) {
    self.address = address
    self.form = form
    self.longestQueue = longestQueue
    self.waits = waits
  }

  public enum Form: Equatable, Sendable {
    case syslog(SyslogForm)
    /// `NAME=value` fields that every entry of the journal has.
    case journal(fields: [LogField])
  }
}

/// Where a daemon listens.
public enum LogAddress: Equatable, Sendable {
  /// A unix socket that keeps a stream.
  case stream(path: String)
  /// One that keeps messages; where there is one of the other kind, that.
  case datagram(path: String)
  /// The 4 or 16 bytes of an address.
  case udp(address: [UInt8], port: UInt16)
  case tcp(address: [UInt8], port: UInt16)
}

/// How a line becomes a message of syslog.
public struct SyslogForm: Equatable, Sendable {
  public enum Layout: UInt8, Sendable {
    /// RFC 3164 without a host name, as a machine's own daemon expects it.
    case local
    case rfc3164
    case rfc5424
    /// The same with microseconds.
    case rfc5424micro
  }
  public var layout: Layout
  /// 0 to 23.
  public var facility: UInt8
  public var hostname: String
  public var tag: String
  public init(layout: Layout, facility: UInt8, hostname: String, tag: String) {
    self.layout = layout
    self.facility = facility
    self.hostname = hostname
    self.tag = tag
  }
}

/// A field of an entry in the journal.
public struct LogField: Equatable, Sendable {
  public var name: String
  public var value: String
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
