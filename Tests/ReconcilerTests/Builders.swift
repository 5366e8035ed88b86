import OCI
import Reconciler
import StackModel
import Testing

/// The project of all these tests.
let shop: ProjectName = "shop"

/// A service on the project's default network unless `edit` says otherwise.
func service(
  _ name: ServiceName, needs: [ServiceName: Dependency] = [:], replicas: Int = 1, _ edit: (inout Service) -> Void = { _ in }
) -> Service {
  var service = Service(name: name, image: "\(name):1", replicas: replicas, dependsOn: needs)
  service.options.network = .bridges([Attachment(network: "shop_default")])
  edit(&service)
  return service
}

/// A stack that declares every network and volume that its services use.
func stack(_ services: Service..., edit: (inout Stack) -> Void = { _ in }) -> Stack { stack(services, edit: edit) }

func stack(_ services: [Service], edit: (inout Stack) -> Void = { _ in }) -> Stack {
  var stack = Stack(name: shop, services: Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) }))
  for service in services {
    if case .bridges(let attachments) = service.options.network {
      for attachment in attachments { stack.networks[attachment.network] = network(attachment.network) }
    }
    for mount in service.options.mounts {
      if case .volume(let name) = mount.source { stack.volumes[name] = Volume(key: key(name.rawValue), name: name) }
    }
  }
  edit(&stack)
  return stack
}

func network(_ name: NetworkName, _ edit: (inout Network) -> Void = { _ in }) -> Network {
  var network = Network(key: key(name.rawValue), name: name)
  edit(&network)
  return network
}

private func key(_ name: String) -> String { name.hasPrefix("shop_") ? String(name.dropFirst(5)) : name }

/// A digest that is made of one number.
func digest(_ number: Int) -> Digest {
  let text = String(number, radix: 16)
  return Digest(hex: String(repeating: "0", count: 64 - text.count) + text)!
}

func up(_ edit: (inout UpOptions) -> Void = { _ in }) -> Operation {
  var options = UpOptions()
  edit(&options)
  return .up(options)
}

func down(_ edit: (inout DownOptions) -> Void = { _ in }) -> Operation {
  var options = DownOptions()
  edit(&options)
  return .down(options)
}

/// The printed plan of an operation on a world.
func printed(_ world: World, _ stack: Stack?, _ operation: Operation) throws -> String {
  try world.plan(stack, operation).description
}

/// Why there is no plan: the message and the hint.
func refusal(_ world: World, _ stack: Stack?, _ operation: Operation) throws -> String {
  let error = try #require(throws: PlanningError.self) { try world.plan(stack, operation) }
  return error.description + (error.hint.map { " | \($0)" } ?? "")
}
