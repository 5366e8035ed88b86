import Backend
import LinuxKit
import Networking

extension LocalBackend {
  /// Puts the networks' rules back as soon as somebody else has flushed or changed them, until the task is cancelled.
  func watchFirewall() -> Task<Void, Never>? {
    guard let news = networking.firewallNews else { return nil }
    return Task {
      while !Task.isCancelled {
        await poller.wait(news, for: .read)
        do {
          // A ruleset goes and comes in many messages.
          try await Task.sleep(for: .milliseconds(100))
          guard try await networking.defendFirewall() else { continue }
          log.append(.warning("another program changed the networks' rules in the packet filter; they have been put back"), project: nil)
        } catch is CancellationError {
          return
        } catch {
          log.append(.warning("the networks' rules in the packet filter cannot be put back: \(error)"), project: nil)
          try? await Task.sleep(for: .seconds(1))
        }
        // Who changes them again and again does not keep the engine busy.
        try? await Task.sleep(for: .milliseconds(400))
      }
    }
  }
}
