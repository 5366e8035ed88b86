import ImageStore
import OCI
import PathPatterns
import StackModel

extension StageBuilder {
  /// The mounts of a RUN, with what each bind takes found and its digest made.
  func runMounts(of instruction: Instruction) async throws -> [RunMount] {
    var mounts: [RunMount] = []
    var taken: Set<String> = []
    for flag in instruction.flags where flag.name == "mount" {
      var mount = try RunMountParser(flag, expand: { try expand($0, instruction) }, absolute: { state.absolute($0) }).mount()
      if let target = mount.target, !taken.insert(target).inserted {
        throw DockerfileError(flag.range, "RUN --mount: \(target) is mounted on twice")
      }
      if case .bind(let path, _) = mount.kind { try await find(path, for: &mount) }
      mounts.append(mount)
    }
    return mounts
  }

  private func find(_ path: String, for mount: inout RunMount) async throws {
    let source = if let from = mount.from { try await source(named: from) } else { context.source }
    let range = mount.flag.range
    guard let names = SourceRoot.names(path) else { throw DockerfileError(range, "RUN --mount: \(path) is outside \(source.name)") }
    do {
      guard try source.root.exists(SourceRoot.cPath(names)), names.isEmpty || !source.rules.ignore(names) || source.rules.hasExceptions
      else {
        throw DockerfileError(range, "RUN --mount: \"\(path)\" is not in \(source.name)")
      }
      let order = CopyOrder(sources: [names], destination: "/" + MountPreparation.content, isDirectory: false, unpacks: false)
      mount.content = try await onThread { try Copier.digest(of: order, from: source, $0) }
      mount.order = order
      mount.root = source
    } catch let error as BuildError { throw DockerfileError(range, error.message, hint: error.hint) }
  }

  /// Looks a secret up: nil when the stack grants none of that id.
  var secretLookup: @Sendable (String) async throws -> (content: [UInt8], grant: FileGrant)? {
    let granted = spec.options?.secrets ?? [:]
    let secret = secret
    return { id in
      guard let grant = granted[id] else { return nil }
      return (try await secret(grant), grant)
    }
  }
}
