import Backend
import EngineClient
import Glibc
import LinuxKit
import Terminal

/// Runs a command, and writes to the file that `MUSTER_TRACE` names where its time went: here, in the engine, and in the containers' shims.
///
/// Throws, having done nothing, when the file cannot be written.
func withTrace(of arguments: [String], _ body: @Sendable () async -> Int32) async throws(KernelError) -> Int32 {
  guard let path = getenv("MUSTER_TRACE").map({ String(cString: $0) }), !path.isEmpty else { return await body() }
  let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o666)
  let start = processStart()
  let log = TraceLog(id: traceID(), program: "muster")
  let own = log.lane("command")
  own.add("load the program", from: start)
  let status = await Trace.$current.withValue(own, operation: body)
  // One that has not reached an engine has nothing to fetch.
  var record = (try? await EngineClient(socket: EngineLocation.fromEnvironment().socket).trace(log.id)) ?? TraceRecord()
  own.add("muster " + (arguments.first { !$0.hasPrefix("-") } ?? ""), from: start)
  record.add(log.record)
  try file.writeAll(traceJSON(record))
  return status
}

/// When this process began to work, as its own processor time until now tells it.
private func processStart() -> Int64 {
  var used = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
  return Trace.now - Int64(used.tv_sec) * 1_000_000_000 - Int64(used.tv_nsec)
}

private func traceID() -> String {
  let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
