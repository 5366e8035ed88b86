import Backend
import ContainerRuntime
import LinuxKit
import Networking
import Reconciler
import StackModel

extension LocalBackend {
  /// Looks whether the kernel still has the networks of running containers, and repairs what it has not, until the task is cancelled: at once when it
  /// tells that an interface has gone, and every few seconds for what it does not tell.
  ///
  /// What cannot be repaired is told once and tried again ever more seldom, at last once a minute.
  func watchDrift(every interval: Duration = .seconds(5)) -> Task<Void, Never> {
    Task {
      var (pause, told) = (interval, "")
      while !Task.isCancelled {
        await linksMayBeGone(within: pause)
        guard !Task.isCancelled else { return }
        do {
          try await repairDrift()
          (pause, told) = (interval, "")
        } catch {
          if "\(error)" != told { log.append(.warning("the networks cannot be repaired: \(error)"), project: nil) }
          told = "\(error)"
          pause = min(pause * 2, .seconds(60))
        }
      }
    }
  }

  /// Waits until interfaces of the engine's may have gone, or until the time is over.
  private func linksMayBeGone(within time: Duration) async {
    guard let news = networking.linkNews else {
      try? await Task.sleep(for: time)
      return
    }
    let end = ContinuousClock.now + time
    while !Task.isCancelled, .now < end {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.poller.wait(news, for: .read) }
        group.addTask { try? await Task.sleep(until: end, clock: .continuous) }
        await group.next()
        group.cancelAll()
      }
      // A container that ends takes its own along, and is known to have ended by then; and many may go at once.
      try? await Task.sleep(for: .milliseconds(200))
      if await networking.linksAreGone() { return }
    }
  }

  /// Compares once.
  func repairDrift() async throws {
    var running: [(container: Container, restored: RestoredContainer)] = []
    for container in await containers.all() where await !container.keptEndpoints.isEmpty {
      running.append((container, await container.restored))
    }
    guard !running.isEmpty else { return }
    let repair = try await networking.repair(containers: running.map(\.restored))
    if repair.isEmpty { return }
    for name in repair.bridges {
      log.append(.warning("network \(name): its bridge had been changed or deleted; it is as before"), project: nil)
    }
    var failure: (any Error)?
    for (container, _) in running {
      if let networks = repair.replugged[container.id] {
        await container.wasMended("plugged into \(networks.map(\.rawValue).joined(separator: ", ")) again")
      }
      guard let missing = repair.unplugged[container.id] else { continue }
      do {
        try await container.plugAgain(missing)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

extension Container {
  func wasMended(_ what: String) async {
    record.remark = what
    await persistOrTell()
    announce(.repaired(what))
  }

  /// Gives it interfaces again that somebody has deleted, from inside or from outside.
  fileprivate func plugAgain(_ missing: [Endpoint]) async throws {
    guard let running, await !isEnding(running) else { return }
    try await engine.containerGate.alone(on: id) { try await self.plugAgainAlone(missing, running) }
  }

  private func plugAgainAlone(_ missing: [Endpoint], _ known: Running) async throws {
    // One that has just ended has lost them rightly, and one that was changed meanwhile may have others.
    guard let running, running.shim === known.shim, missing.allSatisfy(keptEndpoints.contains) else { return }
    let pid = running.shim.pid
    let namespace = ContainerNamespace(pid: pid)
    try await namespace.remove(missing)
    try await engine.networking.connect(id, missing, pid: pid)
    try await namespace.configure(missing)
    try await namespace.setDefaultRoutes(to: keptEndpoints)
    await wasMended("plugged into \(missing.map(\.network.rawValue).joined(separator: ", ")) anew")
  }

  /// Its end may be known to the kernel and not yet here.
  private func isEnding(_ running: Running) async -> Bool {
    try? await Task.sleep(for: .milliseconds(200))
    return self.running?.shim !== running.shim
  }
}
