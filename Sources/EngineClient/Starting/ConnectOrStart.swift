public import Backend
import Glibc
import LinuxKit

extension EngineClient {
  /// A client of the engine at `location`; when none answers, one is started first, and waited for until it serves.
  ///
  /// - Parameter program: The engine's program; nil: `MUSTERD`, or `musterd` beside this program, in `../libexec` from there, or in `PATH`.
  /// - Throws: `EngineError`: there is no program, or the engine did not come up (with its log's last lines).
  public static func connectOrStart(_ location: EngineLocation, program: String? = nil) async throws -> EngineClient {
    let client = EngineClient(socket: location.socket)
    if try isServing(location) { return client }
    do {
      try makeDirectories(location.root, mode: 0o700)
      try makeDirectories(location.runDirectory, mode: 0o711)
    } catch {
      throw EngineError(
        .denied, "cannot prepare the engine's directories: \(error)", hint: getuid() == 0 ? nil : "the engine is root's: use sudo")
    }
    let lock: FileLock
    do {
      lock = try FileLock(location.startLock, waits: true)
    } catch {
      throw EngineError(.denied, "cannot start the engine: \(error)", hint: getuid() == 0 ? nil : "the engine is root's: use sudo")
    }
    // Another command may have started it while this one waited.
    if try !isServing(location) { try await startEngine(try program ?? engineProgram(), location) }
    withExtendedLifetime(lock) {}
    return client
  }

  /// Whether something accepts connections there.
  static func isServing(_ location: EngineLocation) throws(EngineError) -> Bool {
    do {
      _ = try EngineSocket(path: location.socket)
      return true
    } catch  where error.code == .unavailable {
      return false
    }
  }
}
