import ContainerSetup
import StackModel

/// A container's or a service's use of one of the store's secrets.
struct SecretUse: Sendable {
  var project: ProjectName
  var service: ServiceName
  /// nil: a service that has no container now.
  var container: Container?

  /// `shop-web-1`, `service web of shop`.
  var name: String { container?.spec.name ?? "service \(service) of \(project)" }
}

extension Stack {
  /// The names in the store of the secrets and configs that these grants need, by `secrets.KEY` and `configs.KEY`.
  func storedNames(_ options: ContainerOptions) -> [String: String] {
    var names: [String: String] = [:]
    for grant in options.secrets {
      if case .stored(let name)? = secrets[SecretName(grant.source)]?.origin { names["secrets.\(grant.source)"] = name }
    }
    for grant in options.configs {
      if case .stored(let name)? = configs[ConfigName(grant.source)]?.origin { names["configs.\(grant.source)"] = name }
    }
    return names
  }
}

extension LocalBackend {
  /// Who uses what, by the secret's name in the store.
  func secretUses() async -> [String: [SecretUse]] {
    var uses: [String: [SecretUse]] = [:]
    for row in await catalog.stacks() {
      let project = row.stack.name
      var served: [ServiceName: Set<String>] = [:]
      for container in await containers.all(project) {
        let service = container.spec.service
        for name in Set(row.stack.storedNames(container.spec.options).values) {
          uses[name, default: []].append(SecretUse(project: project, service: service, container: container))
          served[service, default: []].insert(name)
        }
      }
      for (service, definition) in row.stack.servicesAndJobs.sorted(by: { $0.key < $1.key }) {
        for name in Set(row.stack.storedNames(definition.options).values) where served[service]?.contains(name) != true {
          uses[name, default: []].append(SecretUse(project: project, service: service))
        }
      }
    }
    return uses
  }
}
