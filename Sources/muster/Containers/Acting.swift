import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackModel

extension Context {
  /// Does the same to each of some containers and prints the names of those that it was done to; what fails is told, and is exit status 1.
  func act(on names: [String], _ action: ContainerAction, prints: Bool = true) async throws -> Int32 {
    let engine = try await engine()
    var status: Int32 = 0
    for name in names {
      do {
        for note in try await engine.act(on: name, action) { output.error("warning: " + visible(note)) }
        if prints { output.write(visible(name) + "\n") }
      } catch let error as EngineError {
        output.error(text(of: error))
        status = 1
      }
    }
    return status
  }

  /// The containers of services, one-offs left out; of all of them when none is named. Sorted by name.
  func containers(of services: [String]) async throws -> [ObservedContainer] {
    let project = try project()
    let all = try await engine().observe(project).containers.filter { !$0.spec.isOneOff }
    let known = Set(all.map(\.spec.service.rawValue))
    for name in services where !known.contains(name) { throw Exit(1, unknownName("service", name, among: known)) }
    return all.filter { services.isEmpty || services.contains($0.spec.service.rawValue) }
  }

  /// Does the same to each container of services and shows it as `up` shows its steps.
  func act(
    onServices services: [String], _ action: ContainerAction, words: (doing: String, done: String), if isMeant: (ObservedContainer) -> Bool
  ) async throws -> Int32 {
    let chosen = try await containers(of: services).filter(isMeant)
    let engine = try await engine()
    var status: Int32 = 0
    for container in chosen {
      do {
        for note in try await engine.act(on: container.id.rawValue, action) { output.error("warning: " + visible(note)) }
        output.error(" Container \(visible(container.spec.name))  \(words.done)")
      } catch let error as EngineError {
        output.error(text(of: error))
        status = 1
      }
    }
    return status
  }
}
