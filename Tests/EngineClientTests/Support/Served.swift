import Backend
import EngineAPI
import EngineClient
import Glibc
import TestSupport

/// Serves a fake backend on a socket of its own while `body` runs, and ends the server after.
func served(_ backend: FakeBackend = FakeBackend(), _ body: @escaping @Sendable (EngineClient) async throws -> Void) async throws {
  let directory = try TemporaryDirectory("api")
  try await serve(backend, at: directory("muster.sock"), body)
  withExtendedLifetime(directory) {}
}

func serve(_ backend: FakeBackend, at socket: String, _ body: @escaping @Sendable (EngineClient) async throws -> Void) async throws {
  // A peer that closes early must be an error here, not a signal.
  signal(SIGPIPE, SIG_IGN)
  let (ready, isReady) = AsyncStream<Void>.makeStream()
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { isReady.finish() }
      try await EngineServer(backend: backend, socket: socket).run(onReady: { isReady.yield() })
    }
    for await _ in ready { break }
    defer { group.cancelAll() }
    try await body(EngineClient(socket: socket))
    group.cancelAll()
    try await group.waitForAll()
  }
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

func mode(_ path: String) -> UInt32? {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
}

/// A socket that nobody listens on.
func leaveStaleSocket(_ path: String) -> Bool { mknod(path, S_IFSOCK | 0o600, 0) == 0 }
