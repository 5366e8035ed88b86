import Backend
import ContainerRuntime
import Glibc
import LinuxKit
import Networking
import StackModel

extension LocalBackend {
  /// Makes bridges and containers' interfaces again as soon as somebody else has deleted them, until the task is cancelled.
  func watchLinks() -> Task<Void, Never>? {
    guard let news = networking.linkNews else { return nil }
    return Task {
      while !Task.isCancelled {
        await poller.wait(news, for: .read)
        // A container that ends takes its own along, and is known to have ended by then.
        try? await Task.sleep(for: .milliseconds(100))
        guard !Task.isCancelled else { return }
        guard await networking.linksAreGone() else { continue }
        await repairLinks()
        try? await Task.sleep(for: .milliseconds(400))
      }
    }
  }

  private func repairLinks() async {
    var alive: [RestoredContainer] = []
    let all = await containers.all()
    for container in all where await container.running != nil { alive.append(await container.restored) }
    do {
      if try await networking.repair(containers: alive) {
        log.append(.warning("another program deleted bridges of networks; they have been made again"), project: nil)
      }
    } catch {
      log.append(.warning("bridges that another program has deleted cannot be made again: \(error)"), project: nil)
    }
    for container in all { await containerGate.alone(on: container.id) { await container.plugAgain() } }
  }
}

extension Container {
  /// Gives it back interfaces that somebody has deleted while it runs.
  func plugAgain() async {
    guard let pid = running?.shim.pid, let gone = try? await engine.networking.missing(record.endpoints), !gone.isEmpty else { return }
    // Its process may just be ending, and its interfaces with it.
    guard running != nil, Glibc.kill(pid, 0) == 0 else { return }
    do {
      try await engine.networking.connect(id, gone, pid: pid)
      let namespace = ContainerNamespace(pid: pid)
      try await namespace.configure(gone)
      if gone.contains(where: \.isDefaultRoute) { try await namespace.setDefaultRoute(from: nil, to: record.endpoints.defaultGateway) }
      if gone.contains(where: { $0.ipv6?.isDefaultRoute == true }) {
        try await namespace.setDefaultRoute(from: nil, to: record.endpoints.defaultGateway6)
      }
      tell("another program deleted its interfaces; they have been made again: \(gone.map(\.interface).joined(separator: ", "))")
    } catch {
      guard running != nil, Glibc.kill(pid, 0) == 0 else { return }
      tell("its interfaces that another program has deleted cannot be made again: \(error)")
    }
  }
}
