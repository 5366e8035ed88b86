import ImageBuilder
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// The images of the stack's services, built here, whose Dockerfile, context or arguments are not those that they were built from. What cannot be
  /// read, or was built before such things were noted, is not among them.
  func changedBuilds(_ stack: Stack, _ images: [String: Digest]) async -> [String] {
    var changed: Set<String> = []
    for service in stack.servicesAndJobs.values {
      guard let spec = service.build, let image = images[service.image], let row = await catalog.build(service.image), row.imageID == image
      else { continue }
      if row.spec != spec.essence || hasChanged(spec, since: row) { changed.insert(service.image) }
    }
    return changed.sorted()
  }

  private func hasChanged(_ spec: BuildSpec, since row: BuildRow) -> Bool {
    let now = ContextFingerprint(spec)
    guard let outline = try? now.outline(), outline != row.outline, let content = try? now.content() else { return false }
    return content != row.content
  }

  /// Before a build: what it will be made from; nil when that cannot be read. `last`: what the image was built from before, whose files need not be
  /// read again as long as their sizes and times are the same.
  func buildBasis(_ spec: BuildSpec, since last: BuildRow?) -> (outline: Digest, content: Digest)? {
    let now = ContextFingerprint(spec)
    guard let outline = try? now.outline() else { return nil }
    if let last, last.spec == spec.essence, last.outline == outline { return (outline, last.content) }
    guard let content = try? now.content() else { return nil }
    return (outline, content)
  }
}

extension BuildSpec {
  /// Without names and the wish to build without the cache.
  var essence: BuildSpec {
    var copy = self
    (copy.tags, copy.noCache) = ([], false)
    // Where an agent listens is another place with every login.
    copy.options?.agents = nil
    if copy.options == BuildOptions() { copy.options = nil }
    // Of caches of other places, only one in the image itself is part of it.
    copy.requests?.cacheFrom = nil
    let inline = copy.requests?.cacheTo?.filter { $0.type == "inline" } ?? []
    copy.requests?.cacheTo = inline.isEmpty ? nil : inline
    if copy.requests?.isEmpty == true { copy.requests = nil }
    return copy
  }
}
