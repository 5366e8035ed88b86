import Cgroups
import ContainerSetup
import Glibc
import LinuxKit
import OCI
import ShimProtocol

extension Container {
  /// Ends whatever still runs, removes the control groups and the directory, runs the poststop hooks. Goes on after a failure, and tells it.
  func destroy(_ spec: RuntimeSpec?, journal: Journal) {
    func attempt(_ body: () throws -> Void) {
      do { try body() } catch { journal.warn("\(error)") }
    }
    if isAlive { kill(file.pid, SIGKILL) }
    attempt {
      let group = try cgroup()
      if group.isThere {
        if group.isFrozen { try group.thaw() }
        try group.kill()
        // Ours to reap when this very process made it.
        if file.pid > 0 { _ = try? Process.reap(file.pid, waits: true) }
        try group.remove()
      }
    }
    if let unit = file.unit { attempt { try stopUnit(unit) } }
    attempt { try removeDirectory() }
    let state = Array(JSON.line(self.state(.stopped)).utf8)
    for hook in spec?.hooks?.poststop ?? [] { attempt { try runHook(HookCall(hook), state: state) } }
  }

  /// Says `start` and waits until the program runs.
  func start(_ spec: RuntimeSpec, journal: Journal) throws {
    let connection = try UnixSocket.connect(path: startSocket)
    let starting = Array(JSON.line(state(.created)).utf8)
    try connection.writeAll(starting)
    shutdown(connection.number, Int32(SHUT_WR))
    let answer = try connection.readAll(limit: 1 << 16)
    unlink(startSocket)
    if !answer.isEmpty { throw StartProblem(answer) }
    let running = Array(JSON.line(state(.running)).utf8)
    for hook in spec.hooks?.poststart ?? [] {
      do { try runHook(HookCall(hook), state: running) } catch {
        // runtime.md, "Lifecycle", step 10: logged, and the lifecycle goes on.
        journal.warn("\(error)")
      }
    }
  }
}
