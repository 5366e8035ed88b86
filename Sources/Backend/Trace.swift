import Glibc
import Synchronization

/// One stretch of work of a command, in whatever process.
public struct TraceSpan: Sendable, Codable, Equatable {
  public var name: String
  public var process: Int32
  /// What goes on one after the other within the process: a thread's id where there is one.
  public var lane: Int32
  /// Nanoseconds of `CLOCK_MONOTONIC`, which all processes of the machine share.
  public var begin: Int64
  public var end: Int64
  public init(name: String, process: Int32, lane: Int32, begin: Int64, end: Int64) {
    self.name = name
    self.process = process
    self.lane = lane
    self.begin = begin
    self.end = end
  }
}

/// All that is known of where a command's time went.
public struct TraceRecord: Sendable, Codable, Equatable {
  public struct Lane: Sendable, Codable, Equatable {
    public var process: Int32
    public var lane: Int32
    public var name: String
  }
  public var spans: [TraceSpan] = []
  /// By pid.
  public var processes: [Int32: String] = [:]
  public var lanes: [Lane] = []
  public init() {}

  /// Adds what another process has recorded.
  public mutating func add(_ other: TraceRecord) {
    spans += other.spans
    processes.merge(other.processes) { first, _ in first }
    lanes += other.lanes
  }
}

/// Collects spans while a command is carried out, from many tasks at once. What is more than a hundred thousand of them is left out.
public final class TraceLog: Sendable {
  private static let limit = 100_000
  private struct State {
    var record = TraceRecord()
    var lanes: [String: Int32] = [:]
  }
  /// The same in all processes.
  public let id: String
  private let process = getpid()
  private let state: Mutex<State>

  /// - Parameter program: The name of this process.
  public init(id: String, program: String) {
    self.id = id
    var record = TraceRecord()
    record.processes[getpid()] = program
    state = Mutex(State(record: record))
  }

  /// The lane of that name, made when it is new.
  public func lane(_ name: String) -> Trace {
    let number = state.withLock { state in
      if let known = state.lanes[name] { return known }
      // The first lane is the process's own thread.
      let number = process + Int32(state.lanes.count)
      state.lanes[name] = number
      state.record.lanes.append(.init(process: process, lane: number, name: name))
      return number
    }
    return Trace(log: self, process: process, lane: number)
  }

  /// Spans of another process, which is called `program`.
  public func add(_ spans: [TraceSpan], of process: Int32, program: String) {
    state.withLock { state in
      state.record.processes[process] = program
      state.record.spans += spans.prefix(max(0, Self.limit - state.record.spans.count))
    }
  }

  /// What has been collected until now.
  public var record: TraceRecord { state.withLock { $0.record } }

  fileprivate func add(_ span: TraceSpan) {
    state.withLock { if $0.record.spans.count < Self.limit { $0.record.spans.append(span) } }
  }
}

/// Where the current task's spans go. Without one, which is the rule, nothing is recorded.
public struct Trace: Sendable {
  @TaskLocal public static var current: Trace?
  public let log: TraceLog
  let process: Int32
  let lane: Int32

  /// Nanoseconds of `CLOCK_MONOTONIC`.
  public static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// A stretch that has ended.
  public func add(_ name: String, from begin: Int64, to end: Int64 = Trace.now) {
    log.add(TraceSpan(name: name, process: process, lane: lane, begin: begin, end: end))
  }
}

/// Does something, and records how long it took when a trace is wanted.
public func traced<Value>(_ name: @autoclosure () -> String, _ body: () throws -> Value) rethrows -> Value {
  guard let trace = Trace.current else { return try body() }
  let begin = Trace.now
  defer { trace.add(name(), from: begin) }
  return try body()
}

/// Does something, and records how long it took when a trace is wanted.
public func traced<Value>(
  _ name: @autoclosure () -> String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async rethrows -> Value {
  guard let trace = Trace.current else { return try await body() }
  let begin = Trace.now
  defer { trace.add(name(), from: begin) }
  return try await body()
}

/// Does something on a lane of its own, beside what else goes on.
public func traced<Value>(
  onLane lane: @autoclosure () -> String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async rethrows -> Value {
  guard let trace = Trace.current else { return try await body() }
  return try await Trace.$current.withValue(trace.log.lane(lane()), operation: body, isolation: isolation)
}
