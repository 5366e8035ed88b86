import OCI
import Reconciler
import StackModel

/// What of a plan is looked at before it is carried out.
struct PlanParts: Sendable {
  let project: ProjectName
  private(set) var created: [ContainerSpec] = []
  /// Theirs.
  private(set) var names: Set<String> = []
  private(set) var updated: [ContainerSpec] = []
  /// The names of containers that are stopped or removed.
  private(set) var leaving: Set<String> = []
  private(set) var networks: [Network] = []
  /// Of the images that are pulled or built.
  private var references: Set<String> = []

  init(_ plan: Plan) {
    project = plan.project
    for step in plan.steps {
      switch step.action {
      case .createContainer(let spec, _): created.append(spec)
      case .createSuccessor(var spec, let name, _):
        spec.name = name
        created.append(spec)
      case .updateContainer(_, _, let spec): updated.append(spec)
      case .createNetwork(let network): networks.append(network)
      case .stopContainer(let name, _, _), .removeContainer(let name, _, _): leaving.insert(name)
      case .pullImage(let reference, _): references.insert(Self.fullName(reference))
      case .buildImage(_, let names, _): references.formUnion(names.map(Self.fullName))
      default: break
      }
    }
    names = Set(created.map(\.name))
  }

  /// Whether an image is there when the plan's images are.
  func makes(_ image: String) -> Bool { references.contains(Self.fullName(image)) }

  private static func fullName(_ reference: String) -> String { (try? ImageReference(reference))?.orLatest.description ?? reference }
}
