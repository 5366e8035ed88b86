public import OCI
public import StackModel

extension Stack {
  /// What a container is not, or not yet, of what the stack says, in the stack file's words (`image`, `environment.LEVEL`); empty: it is what would be
  /// made now. An update that was paused, that failed or that was left half-way leaves such containers, as does a tag that has moved.
  ///
  /// What is in secrets, configs and mounted files is not looked at. `images`: what is here by the names that the stack has; `remote`: what registries
  /// had by these names when they were asked last.
  public func outdatedFields(
    of container: ObservedContainer, images: [String: Digest], remote: [String: Digest] = [:]
  ) -> [String] {
    guard !container.spec.isOneOff else { return [] }
    guard let service = services[container.spec.service] ?? disabledServices[container.spec.service] else {
      return ["its service is not in the stack file any more"]
    }
    var wanted = service.container(container.spec.number, of: name).withoutContents
    let isSameImage = wanted.image == container.imageID.description
    if isSameImage { wanted.image = container.spec.image }
    // While it takes another's place it has another name.
    if service.containerName == nil { wanted.name = container.spec.name }
    let fields = container.spec.withoutContents.changes(to: wanted).map(\.path)
    guard fields.isEmpty, !isSameImage else { return fields }
    if let here = images[wanted.image], here != container.imageID { return ["image: \(wanted.image) is another one now"] }
    if service.followsTag, let there = remote[wanted.image], there != container.imageID {
      return ["image: the registry has another \(wanted.image)"]
    }
    return []
  }
}
