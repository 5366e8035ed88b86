import Backend
import ContainerRuntime
import Reconciler
import StackModel

extension Container {
  /// Waits until nobody is connected with its servers any more, at most for the grace period (the container's own when nil; negative: for ever).
  ///
  /// For a container that gets no new connections.
  func drain(grace: Duration?) async throws {
    guard let pid = running?.shim.pid, spec.options.isOnBridges else { return }
    let grace = grace ?? spec.options.stopGracePeriod.duration
    let deadline = grace < .zero ? nil : ContinuousClock.now.advanced(by: grace)
    var quiet = 0
    // Twice, since a connection may have been on its way when it was led here.
    while quiet < 2, deadline.map({ ContinuousClock.now < $0 }) ?? true {
      try await Task.sleep(for: .milliseconds(50))
      guard running?.shim.pid == pid else { return }
      quiet = hasConnections(pid) ? 0 : quiet + 1
    }
  }

  private func hasConnections(_ pid: Int32) -> Bool {
    var tables = ""
    for file in ["tcp", "tcp6"] {
      do throws(RegularFile.Failure) {
        tables += String(decoding: try RegularFile.read("/proc/\(pid)/net/\(file)", limit: 1 << 20), as: UTF8.self)
      } catch {
        // More than fits is more than none. A kernel without IPv6 has no such table.
        if error == .tooLarge { return true }
      }
    }
    return ServedConnections(tables).count > 0
  }
}

/// The connections of servers, from tables of `proc_net_tcp` (`/proc/PID/net/tcp`, `tcp6`).
struct ServedConnections: Equatable {
  private(set) var count = 0

  init(_ tables: String) {
    var listening: Set<Substring> = []
    var connected: [Substring] = []
    for line in tables.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 3, let port = fields[1].split(separator: ":").last else { continue }
      switch fields[3] {
      case "0A": listening.insert(port)
      // ESTABLISHED, SYN_RECV, FIN_WAIT1, CLOSE_WAIT, LAST_ACK, CLOSING: something may still be sent.
      case "01", "03", "04", "08", "09", "0B": connected.append(port)
      default: break
      }
    }
    count = connected.count { listening.contains($0) }
  }
}
