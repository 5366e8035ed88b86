import Backend
import CLinux
import Engine
import EngineAPI
import Glibc
import LinuxKit
import SystemPackage

/// Runs the engine until SIGTERM or SIGINT.
func serve(
  _ location: EngineLocation, shim: String, secretsKey: String?, capabilities: String?, usersRemap: String?, portsFirewall: String?,
  readyDescriptor: Int32?
) async throws {
  prepareProcess()
  let signals = try endSignals()
  guard getuid() == 0 else { throw EngineError(.denied, "the engine must run as root") }
  try makeDirectories(location.root, mode: 0o700)
  try makeDirectories(location.runDirectory, mode: 0o711)
  let lock = try await engineLock(location)
  if let readyDescriptor { try keepPrivate(readyDescriptor) }
  do { try leaveSession(location) } catch { log("this engine ends with the session that has started it: \(error)") }
  let backend = try await LocalBackend.open(
    location, shim: FilePath(shim), secretsKey: secretsKey, capabilities: capabilities, usersRemap: usersRemap,
    portsFirewall: portsFirewall)
  let server = EngineServer(backend: RedactingBackend(backend), socket: location.socket)
  log("serving at \(location.socket)")
  let outcome = await serve(server, until: signals, readyDescriptor)
  await backend.shutDown()
  withExtendedLifetime(lock) {}
  try outcome.get()
}

/// Serves until a signal comes, or the server fails.
private func serve(_ server: EngineServer, until signals: AsyncStream<Int32>, _ readyDescriptor: Int32?) async -> Result<Void, any Error> {
  let serving = Task {
    try await server.run(
      onReady: {
        // Much of the program is for its start alone.
        clinux_release_code()
        tellReady(readyDescriptor)
      },
      onQuiet: {
        // An engine that nobody asks keeps no memory that only work needs.
        clinux_release_memory()
        clinux_release_code()
      })
  }
  let waiting = Task {
    await tellEnd(signals)
    serving.cancel()
  }
  let outcome = await serving.result
  waiting.cancel()
  return outcome
}

private func tellEnd(_ signals: AsyncStream<Int32>) async {
  var next = signals.makeAsyncIterator()
  guard let number = await next.next() else { return }
  log((number == SIGTERM ? "SIGTERM" : "SIGINT") + ": ending; containers run on")
}

/// A line of the engine's log, which is its standard error.
func log(_ text: String) {
  let line = "musterd: \(text)\n"
  _ = line.withCString { write(2, $0, strlen($0)) }
}

private func tellReady(_ descriptor: Int32?) {
  guard let descriptor else { return }
  _ = write(descriptor, "ready\n", 6)
  close(descriptor)
}

/// Programs that the engine starts must not hold the descriptor open.
private func keepPrivate(_ descriptor: Int32) throws {
  guard descriptor > 2, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
    throw EngineError(.invalid, subject: "--ready-fd", "\(descriptor) is not an open descriptor above 2")
  }
}

/// One engine a root. One that is just ending is waited for.
private func engineLock(_ location: EngineLocation) async throws -> FileLock {
  for _ in 0..<100 {
    if let lock = try freeLock(location.lock) { return lock }
    try await Task.sleep(for: .milliseconds(100))
  }
  throw EngineError(
    .conflict, subject: location.root, "another engine runs on this root directory", hint: "give this one a --root of its own")
}

/// nil: somebody holds it.
private func freeLock(_ path: String) throws(KernelError) -> FileLock? {
  do {
    return try FileLock(path, waits: false)
  } catch {
    if error.errno == EWOULDBLOCK { return nil }
    throw error
  }
}
