extension LogOptions: WireValue {
  public func write(to w: inout ByteWriter) {
    attributes.write(to: &w)
    isPacked.write(to: &w)
    forwarding.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    self.init(attributes: try .init(from: &r), isPacked: try .init(from: &r), forwarding: try .init(from: &r))
  }
}

extension LogForwarding: WireValue {
  public func write(to w: inout ByteWriter) {
    address.write(to: &w)
    form.write(to: &w)
    longestQueue.write(to: &w)
    waits.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    self.init(address: try .init(from: &r), form: try .init(from: &r), longestQueue: try .init(from: &r), waits: try .init(from: &r))
  }
}

extension LogForwarding.Form: WireValue {
  public func write(to w: inout ByteWriter) {
    switch self {
    case .syslog(let form): w.put(0, form)
    case .journal(let fields): w.put(1, fields)
    }
  }
  public init(from r: inout ByteReader) throws(WireError) {
    switch try r.integer(UInt8.self) {
    case 0: self = .syslog(try .init(from: &r))
    case 1: self = .journal(fields: try .init(from: &r))
    default: throw WireError("unknown form of a log")
    }
  }
}

extension LogAddress: WireValue {
  public func write(to w: inout ByteWriter) {
    switch self {
    case .stream(let path): w.put(0, path)
    case .datagram(let path): w.put(1, path)
    case .udp(let address, let port): w.put(2, address, port)
    case .tcp(let address, let port): w.put(3, address, port)
    }
  }
  public init(from r: inout ByteReader) throws(WireError) {
    switch try r.integer(UInt8.self) {
    case 0: self = .stream(path: try .init(from: &r))
    case 1: self = .datagram(path: try .init(from: &r))
    case 2: self = .udp(address: try .init(from: &r), port: try .init(from: &r))
    case 3: self = .tcp(address: try .init(from: &r), port: try .init(from: &r))
    default: throw WireError("unknown address of a log")
    }
  }
}

extension SyslogForm.Layout: WireValue {}

extension SyslogForm: WireValue {
  public func write(to w: inout ByteWriter) {
    layout.write(to: &w)
    facility.write(to: &w)
    hostname.write(to: &w)
    tag.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    self.init(layout: try .init(from: &r), facility: try .init(from: &r), hostname: try .init(from: &r), tag: try .init(from: &r))
  }
}

extension LogField: WireValue {
  public func write(to w: inout ByteWriter) {
    name.write(to: &w)
    value.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) { self.init(try .init(from: &r), try .init(from: &r)) }
}
