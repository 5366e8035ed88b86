import Glibc
import LinuxKit

/// `run`: `create`, `start` and, unless detached, `delete` when it has ended.
func runCommand(_ call: Call) throws -> Int32 {
  try runSealed()
  let words = try Words(call.words, creationGrammar, command: "run")
  try words.expect(1, "run")
  let isDetached = words.has("detach")
  let creation = try Creation(call, words, command: "run", keepsTerminal: !isDetached && words.last("console-socket") == nil)
  // Signals that come from now on are the container's.
  let signals = isDetached ? nil : SharedSignals(try SignalQueue(Attachment.passed))
  let (container, master) = try creation.run()
  let spec = try container.configuration()
  do {
    try container.start(spec, journal: call.journal)
  } catch {
    container.destroy(spec, journal: call.journal)
    throw error
  }
  guard let signals else { return 0 }
  let code = try Attachment(pid: container.file.pid, master: master, signals: signals).wait()
  if !words.has("keep") { container.destroy(spec, journal: call.journal) }
  return code
}
