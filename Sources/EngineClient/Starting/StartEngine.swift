import Backend
import CLinux
import Glibc
import LinuxKit

/// Starts the engine in a session of its own and waits until it serves. Its log is `<root>/musterd.log`.
func startEngine(_ program: String, _ location: EngineLocation) async throws {
  let logStart = (try? Descriptor.open(location.log, O_RDONLY).status().size) ?? 0
  let (pid, ready) = try launch(program, location)
  let isReady = try await withThrowingTaskGroup(of: Bool?.self) { group in
    group.addTask {
      try await Readiness.shared.readable(ready.number)
      return try !ready.descriptor.readAll(limit: 64).isEmpty
    }
    // Somebody else, as systemd, may have started one at the same moment: it has the root, and this command takes the one that serves.
    group.addTask {
      while try !EngineClient.isServing(location) { try await Task.sleep(for: .milliseconds(100)) }
      return true
    }
    group.addTask {
      try await Task.sleep(for: .seconds(60))
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
  switch isReady {
  case true?: return
  case false?:
    let end = try? Process.reap(pid, waits: true)
    throw failure("the engine did not start\(end.map { ": \(program) ended with status \($0.code)" } ?? "")", location, logStart)
  case nil:
    throw failure("the engine (pid \(pid)) has not come up within 60 seconds", location, logStart)
  }
}

/// The engine's pid, and a pipe that it writes to when it serves. Only the engine holds the other end: its end is the pipe's.
private func launch(_ program: String, _ location: EngineLocation) throws -> (pid_t, SharedDescriptor) {
  let log = try Descriptor.open(location.log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
  let null = try Descriptor.open("/dev/null", O_RDONLY)
  let pipe = try DescriptorPair.pipe().shared()
  return (try spawn(program, location, [null.number, log.number, log.number, pipe.second.number]), pipe.first)
}

private func spawn(_ program: String, _ location: EngineLocation, _ descriptors: [Int32]) throws -> pid_t {
  // Copies above the numbers they go to, so that none overwrites another.
  var copies: [SharedDescriptor] = []
  for number in descriptors {
    let copy = clinux_fcntl(number, F_DUPFD_CLOEXEC, 16)
    if copy < 0 { throw KernelError.last("fcntl(2) F_DUPFD_CLOEXEC") }
    copies.append(SharedDescriptor(Descriptor(owning: copy)))
  }
  let command = [program, "--root", location.root, "--run-dir", location.runDirectory, "--ready-fd", "3"]
  let arguments = cStrings(command)
  let variables = cStrings(engineEnvironment())
  defer { for text in arguments + variables { free(text) } }
  var pid: pid_t = 0
  let numbers = copies.map(\.number)
  let failure = clinux_spawn_session(&pid, program, arguments, variables, numbers, Int32(numbers.count))
  if failure != 0 {
    throw EngineError(.unavailable, "the engine cannot be started: \(KernelError("posix_spawn(3)", errno: failure, operands: [program]))")
  }
  return pid
}

/// As `execve(2)` wants them; to be freed by whoever asks.
private func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
  texts.map { text in strdup(text) } + [nil]
}

/// The engine outlives the command: it gets none of the caller's variables but those it reads, so that no secret stays in its environment.
private func engineEnvironment() -> [String] {
  let wanted = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"]
  var found: [String] = []
  guard var next = clinux_environ() else { return found }
  while let entry = next.pointee {
    let text = String(cString: entry)
    let name = text.prefix { $0 != "=" }
    if name.hasPrefix("MUSTER_") || wanted.contains(String(name)) { found.append(text) }
    next += 1
  }
  return found
}

private func failure(_ message: String, _ location: EngineLocation, _ logStart: Int64) -> EngineError {
  let lines = logTail(location.log, from: logStart)
  return EngineError(
    .unavailable, lines.isEmpty ? message : message + "\n" + lines.map { "  " + $0 }.joined(separator: "\n"),
    hint: "its log is \(location.log)")
}

/// The last lines that were written after `start`, ten at most.
private func logTail(_ path: String, from start: Int64) -> [String] {
  guard let log = try? Descriptor.open(path, O_RDONLY), let size = try? log.status().size else { return [] }
  lseek(log.number, Int(max(start, size - 8192)), SEEK_SET)
  let bytes = (try? log.readAll(limit: 16384)) ?? []
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(10).map(String.init)
}
