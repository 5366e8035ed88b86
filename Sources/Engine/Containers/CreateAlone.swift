public import Backend
import ImageStore
public import Reconciler
import StackModel

extension LocalBackend {
  /// Makes a container of an image for itself: of no project, and so of no stack's secrets.
  public func createContainer(_ creation: ContainerCreation) async throws -> ObservedContainer {
    var options = creation.options
    guard options.secrets.isEmpty, options.configs.isEmpty, options.hooks == nil else {
      throw EngineError(.invalid, "secrets, configs and hooks are for services of stacks")
    }
    let name: String
    if let given = creation.name {
      try checkContainerName(given)
      // Before networks and volumes are made for it.
      if let owner = await containers.find(name: given) { throw nameIsTaken(given, by: owner.id) }
      name = given
    } else {
      name = await freeName()
    }
    options.users = options.users == .host ? nil : userMapping.map { .remapped($0) }
    try await prepareNetworks(of: &options)
    for mount in options.mounts {
      if case .volume(let volume) = mount.source { try await createVolume(Volume(key: volume.rawValue, name: volume), project: nil) }
    }
    let spec = ContainerSpec(
      project: noProject, service: ServiceName(name), isOneOff: true, name: name, image: creation.image, options: options)
    let container = try await create(
      spec, anonymousVolumes: [:], removesAfter: creation.removesAfter, attached: creation.attached, caller: creation.caller)
    return await container.observed
  }

  /// The default bridge, where nothing else is asked for; others must be there.
  private func prepareNetworks(of options: inout ContainerOptions) async throws {
    guard case .bridges(var attachments) = options.network else { return }
    if attachments.isEmpty { attachments = [Attachment(network: defaultNetwork)] }
    for attachment in attachments {
      guard await catalog.networks().contains(where: { $0.requested.name == attachment.network }) == false else { continue }
      guard attachment.network == defaultNetwork else {
        throw EngineError(
          .notFound, "network \(attachment.network) not found", hint: "make it: muster network create \(attachment.network)")
      }
      try await createNetwork(Network(key: defaultNetwork.rawValue, name: defaultNetwork), project: nil)
    }
    options.network = .bridges(attachments)
  }

  /// Two words, as Docker's names have them.
  private func freeName() async -> String {
    let left = [
      "brave", "calm", "clever", "eager", "gentle", "happy", "keen", "lively", "merry", "noble", "proud", "quick", "quiet", "sharp",
      "sunny", "witty",
    ]
    let right = [
      "curie", "darwin", "euler", "fermi", "gauss", "hopper", "kepler", "knuth", "lamarr", "lovelace", "newton", "noether", "pascal",
      "ritchie", "tesla", "turing",
    ]
    while true {
      let name = "\(left.randomElement() ?? "calm")_\(right.randomElement() ?? "hopper")\(randomHex(4))"
      if await containers.find(name: name) == nil { return name }
    }
  }
}

/// The project of containers that no stack has.
let noProject: ProjectName = ""
/// Where containers are that name no network.
let defaultNetwork: NetworkName = "bridge"
