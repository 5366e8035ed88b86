extension ShimRequest: WireValue {
  public func write(to w: inout ByteWriter) {
    switch self {
    case .create(let start): w.put(0, start)
    case .start: w.put(1)
    case .signal(let session, let number, let toAll): w.put(2, session, number, toAll)
    case .exec(let start): w.put(3, start)
    case .resize(let session, let rows, let columns): w.put(4, session, rows, columns)
    case .attach: w.put(5)
    case .closeInput(let session): w.put(6, session)
    case .describe: w.put(7)
    case .makeUsers(let ranges): w.put(8, ranges)
    }
  }

  public init(from r: inout ByteReader) throws(WireError) {
    switch try r.integer(UInt8.self) {
    case 0: self = .create(try .init(from: &r))
    case 1: self = .start
    case 2: self = .signal(session: try .init(from: &r), number: try .init(from: &r), toAll: try .init(from: &r))
    case 3: self = .exec(try .init(from: &r))
    case 4: self = .resize(session: try .init(from: &r), rows: try .init(from: &r), columns: try .init(from: &r))
    case 5: self = .attach
    case 6: self = .closeInput(session: try .init(from: &r))
    case 7: self = .describe
    case 8: self = .makeUsers(try .init(from: &r))
    default: throw WireError("unknown request")
    }
  }
}

extension ShimEvent: WireValue {
  public func write(to w: inout ByteWriter) {
    switch self {
    case .created(let pid): w.put(0, pid)
    case .started: w.put(1)
    case .failed(let session, let step, let errno, let detail): w.put(2, session, step, errno, detail)
    case .exited(let session, let status): w.put(3, session, status)
    case .execStarted(let session, let pid): w.put(4, session, pid)
    case .attached: w.put(5)
    case .description(let description): w.put(6, description)
    case .done: w.put(7)
    case .refused(let errno, let detail): w.put(8, errno, detail)
    case .madeUsers: w.put(9)
    case .took(let session, let spans): w.put(10, session, spans)
    }
  }

  public init(from r: inout ByteReader) throws(WireError) {
    switch try r.integer(UInt8.self) {
    case 0: self = .created(pid: try .init(from: &r))
    case 1: self = .started
    case 2:
      self = .failed(session: try .init(from: &r), step: try .init(from: &r), errno: try .init(from: &r), detail: try .init(from: &r))
    case 3: self = .exited(session: try .init(from: &r), status: try .init(from: &r))
    case 4: self = .execStarted(session: try .init(from: &r), pid: try .init(from: &r))
    case 5: self = .attached
    case 6: self = .description(try .init(from: &r))
    case 7: self = .done
    case 8: self = .refused(errno: try .init(from: &r), detail: try .init(from: &r))
    case 9: self = .madeUsers
    case 10: self = .took(session: try .init(from: &r), try .init(from: &r))
    default: throw WireError("unknown event")
    }
  }
}

extension ContainerStart: WireValue {
  /// Version 3 is version 2 with more about the log.
  public func write(to w: inout ByteWriter) {
    w.put(io.log == nil ? 2 : 3, id, namespaces, joinSlots, cgroupSlots, steps, io, exitRecord, socket, isTraced)
    io.log?.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    let version = try r.integer(UInt8.self)
    guard version == 2 || version == 3 else { throw WireError("container description of another version") }
    self.init(
      id: try .init(from: &r), namespaces: try .init(from: &r), joinSlots: try .init(from: &r), cgroupSlots: try .init(from: &r),
      steps: try .init(from: &r), io: try .init(from: &r), exitRecord: try .init(from: &r), socket: try .init(from: &r),
      isTraced: try .init(from: &r))
    if version == 3 { io.log = try LogOptions(from: &r) }
  }
}

/// Without `log`, which comes behind everything else.
extension StandardStreams: WireValue {
  public func write(to w: inout ByteWriter) {
    hasTerminal.write(to: &w)
    isInteractive.write(to: &w)
    logPath.write(to: &w)
    logMaxSize.write(to: &w)
    logMaxFiles.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    self.init(
      hasTerminal: try .init(from: &r), isInteractive: try .init(from: &r), logPath: try .init(from: &r),
      logMaxSize: try .init(from: &r), logMaxFiles: try .init(from: &r))
  }
}

extension ExecStart: WireValue {
  /// Version 2 is version 1 with a trace, so that shims of before traces are asked as ever.
  public func write(to w: inout ByteWriter) {
    w.put(isTraced ? 2 : 1, session, cgroupSlots, steps, hasTerminal, isInteractive, isDetached)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    let version = try r.integer(UInt8.self)
    guard version == 1 || version == 2 else { throw WireError("process description of another version") }
    self.init(
      session: try .init(from: &r), cgroupSlots: try .init(from: &r), steps: try .init(from: &r), hasTerminal: try .init(from: &r),
      isInteractive: try .init(from: &r), isDetached: try .init(from: &r), isTraced: version == 2)
  }
}

extension ShimDescription: WireValue {
  public func write(to w: inout ByteWriter) {
    id.write(to: &w)
    pid.write(to: &w)
    state.write(to: &w)
    status.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    self.init(id: try .init(from: &r), pid: try .init(from: &r), state: try .init(from: &r), status: try .init(from: &r))
  }
}

extension ExitStatus: WireValue {
  public func write(to w: inout ByteWriter) {
    code.write(to: &w)
    wasOutOfMemory.write(to: &w)
    at.write(to: &w)
  }
  public init(from r: inout ByteReader) throws(WireError) {
    self.init(code: try .init(from: &r), wasOutOfMemory: try .init(from: &r), at: try .init(from: &r))
  }
}

extension ShimSpan: WireValue {
  public func write(to w: inout ByteWriter) {
    switch work {
    case .beginning: w.put(0, begin, end)
    case .making: w.put(1, begin, end)
    case .step(let index): w.put(2, index, begin, end)
    }
  }
  public init(from r: inout ByteReader) throws(WireError) {
    let work: Work
    switch try r.integer(UInt8.self) {
    case 0: work = .beginning
    case 1: work = .making
    case 2: work = .step(try .init(from: &r))
    default: throw WireError("unknown work")
    }
    self.init(work, begin: try .init(from: &r), end: try .init(from: &r))
  }
}
