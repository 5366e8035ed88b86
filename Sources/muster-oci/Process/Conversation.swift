import ContainerSetup
import Glibc
import LinuxKit
import OCI
import ShimProtocol
import ShimSetup

/// The parent's side while a process goes along its steps.
struct Conversation {
  let plan: BundlePlan
  let pid: Int32
  let channel: SharedDescriptor
  let console: Console
  var size: TerminalSize?

  init(plan: BundlePlan, pid: Int32, channel: SharedDescriptor, console: Console) {
    self.plan = plan
    self.pid = pid
    self.channel = channel
    self.console = console
  }

  /// Until the process waits for `start`, or runs its program. Returns the terminal's master, if this process keeps it. On failure the
  /// process is ended.
  mutating func follow(_ meet: (Meeting) throws -> [UInt8]) throws -> SharedDescriptor? {
    var meetings = plan.steps.compactMap { if case .meetParent(let meeting) = $0 { meeting } else { nil } }[...]
    var master: SharedDescriptor?
    do {
      while let (message, descriptors) = try ChildMessage.receive(channel.descriptor) {
        switch message {
        case .isWaiting:
          guard let meeting = meetings.popFirst() else { return master }
          _ = try channel.descriptor.send(try meet(meeting))
        // Heard while it was made.
        case .needsNumbers, .goesOn: continue
        case .terminal:
          guard let made = descriptors.first else { continue }
          try? size?.apply(to: made.number)
          master = try console.take(made)
        // Nobody here asks for a trace.
        case .took: continue
        case .failed(let step, _, let detail): throw Failure(plan.failure(step, detail))
        }
      }
    } catch {
      kill(pid, SIGKILL)
      _ = try? Process.reap(pid, waits: true)
      throw error
    }
    if plan.awaitsStart {
      let code = (try? Process.reap(pid, waits: true))??.code
      throw Failure("the container's first process ended before it was made" + (code.map { ", with code \($0)" } ?? ""))
    }
    return master
  }
}

extension BundlePlan {
  var awaitsStart: Bool { steps.contains { if case .acceptStart = $0 { true } else { false } } }

  /// What went wrong in which step; the program's own problem says so itself.
  func failure(_ step: Int, _ detail: String) -> String {
    let prefix = "unable to start container process: "
    guard steps.indices.contains(step) else { return prefix + detail }
    switch steps[step] {
    case .executeResolved, .resolveProgram, .runHook: return prefix + detail
    default: return prefix + "error during container init: " + steps[step].description + ": " + detail
    }
  }
}
