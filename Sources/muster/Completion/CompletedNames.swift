import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackLoader
import StackModel

/// Names for completion. An engine that does not run is not started for it, and what fails has no names.
struct CompletedNames {
  let context: Context

  func of(_ kind: CompletedLine.Kind) async -> [String] {
    let engine = EngineClient(socket: context.location.socket)
    switch kind {
    case .none: return []
    case .service, .serviceOrPath: return await services(engine)
    case .container, .containerOrPath: return ((try? await engine.observe(nil))?.containers ?? []).map(\.spec.name)
    case .image: return ((try? await engine.images()) ?? []).flatMap(\.references)
    case .volume: return ((try? await engine.volumes()) ?? []).map(\.Name)
    case .network: return ((try? await engine.networks()) ?? []).map(\.name)
    case .job: return await jobs(engine)
    case .secret: return ((try? await engine.secrets()) ?? []).map(\.name)
    }
  }

  private func jobs(_ engine: EngineClient) async -> [String] {
    guard let project = projectName(for: context.request([])).value else { return [] }
    return ((try? await engine.jobs(project)) ?? []).map(\.name.rawValue)
  }

  /// Those of the stack file, and those that have containers.
  private func services(_ engine: EngineClient) async -> [String] {
    let request = context.request([])
    let declared = loadStack(request).value?.stack.services.keys.map(\.rawValue) ?? []
    guard let project = projectName(for: request).value, let observed = try? await engine.observe(project) else { return declared }
    return declared + observed.containers.map(\.spec.service.rawValue)
  }
}
