import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// What a project is to be when some of its services, or all (empty), become again what they were in an earlier version.
  ///
  /// Services run the very images that they ran then. What of the project the version knows nothing of stays.
  func row(
    _ project: ProjectName, with services: [ServiceName], of earlier: StackRow, images earlierImages: [ServiceName: Digest]
  ) async throws -> StackRow {
    guard var row = await catalog.stack(project) else {
      throw EngineError(.notFound, "the project \"\(project)\" has not been brought up")
    }
    let names = services.isEmpty ? earlier.stack.services.keys.sorted() : services
    if services.isEmpty { row.stack.services = row.stack.services.filter { earlier.stack.services[$0.key] != nil } }
    for name in names {
      guard var service = earlier.stack.services[name] else {
        throw EngineError(.notFound, subject: name.rawValue, "the service is not in that version of \(project)")
      }
      if let image = earlierImages[name], await images.resolve(service.image)?.id != image {
        guard await images.resolve(image.description) != nil else {
          throw EngineError(
            .notFound, subject: name.rawValue,
            "the image \(image.short) that it ran then (\(service.image)) is not on this machine any more",
            hint: "get or build that version again, and bring it up as usual")
        }
        service.image = image.description
      }
      row.stack.services[name] = service
      row.take(service.options, from: earlier)
    }
    if services.isEmpty {
      row.stack.jobs = earlier.stack.jobs
      for job in (earlier.stack.jobs ?? [:]).values { row.take(job.definition.options, from: earlier) }
    }
    return row
  }

  /// The version that a rollback goes to: the one named, or the newest that succeeded and is not what is there now.
  func revision(_ number: Int?, of project: ProjectName, for services: [ServiceName]) async throws -> RevisionRow {
    let rows = await catalog.revisions(project)
    let kept = rows.map { String($0.revision.number) }.joined(separator: ", ")
    if let number {
      guard let row = rows.first(where: { $0.revision.number == number }) else {
        throw EngineError(
          .notFound, "\(project) has no revision \(number)", hint: kept.isEmpty ? nil : "kept are \(kept); see: muster history \(project)")
      }
      return row
    }
    let current = await catalog.stack(project)
    let running = rows.last { $0.desired == current }
    let names = services.isEmpty ? nil : Set(services)
    func isOther(_ row: RevisionRow) -> Bool {
      guard let names else { return row.desired != current || row.revision.images != running?.revision.images }
      return names.contains { name in
        row.desired.stack.services[name] != nil
          && (row.desired.stack.services[name] != current?.stack.services[name]
            || row.revision.images[name] != running?.revision.images[name])
      }
    }
    // Where the newest one failed, what is there now is not its.
    guard let row = rows.last(where: { $0.revision.outcome == .succeeded && isOther($0) }) else {
      throw EngineError(
        .notFound, "there is no earlier version of \(services.map(\.rawValue).first ?? project.rawValue) that was up",
        hint: kept.isEmpty ? nil : "see: muster history \(project)")
    }
    return row
  }
}

extension StackRow {
  /// What the containers of a service or job use, as it was then.
  fileprivate mutating func take(_ options: ContainerOptions, from earlier: StackRow) {
    for (network, definition) in earlier.stack.networks where stack.networks[network] == nil { stack.networks[network] = definition }
    for (volume, definition) in earlier.stack.volumes where stack.volumes[volume] == nil { stack.volumes[volume] = definition }
    for grant in options.secrets {
      let key = SecretName(grant.source)
      stack.secrets[key] = earlier.stack.secrets[key]
      sealedValues["secrets.\(key)"] = earlier.sealedValues["secrets.\(key)"]
    }
    for grant in options.configs {
      let key = ConfigName(grant.source)
      stack.configs[key] = earlier.stack.configs[key]
      sealedValues["configs.\(key)"] = earlier.sealedValues["configs.\(key)"]
    }
  }
}
