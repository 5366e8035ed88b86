import ImageStore
import OCI
import StackModel

/// `cache_from` and `cache_to` of a build, looked through before anything is done.
struct CacheRequests: Sendable {
  /// Where results of earlier builds are looked for, in order.
  private(set) var sources: [CacheLocation] = []
  private(set) var targets: [Target] = []
  /// `type=inline`: the image itself says which steps its layers are of.
  private(set) var isInline = false
  /// What has no effect.
  private(set) var notes: [String] = []

  /// A cache that is written when the build has gone well.
  struct Target: Sendable {
    var location: CacheLocation
    /// The results of all stages, not only of those that are in the image.
    var keepsAll: Bool
    /// The build goes well although it cannot be written.
    var ignoresErrors: Bool
  }

  init(_ requests: BuildRequests?) throws(BuildError) {
    for place in requests?.cacheFrom ?? [] {
      note(place, .reading, "cache_from")
      if place.isSupported(.reading) { sources.append(try CacheLocation(place, .reading)) }
    }
    for place in requests?.cacheTo ?? [] {
      note(place, .writing, "cache_to")
      guard place.isSupported(.writing) else { continue }
      if place.type == "inline" {
        isInline = true
      } else {
        targets.append(
          Target(location: try CacheLocation(place, .writing), keepsAll: place.keepsAll, ignoresErrors: place.ignoresErrors))
      }
    }
  }

  private mutating func note(_ place: CachePlace, _ use: CachePlace.Use, _ key: String) {
    if !place.isSupported(use) { notes.append("\(key) \(place.name) has no effect: there are no caches of that type") }
    let idle = place.idle(use)
    if !idle.isEmpty { notes.append("\(key) \(place.name): no effect of \(idle.joined(separator: ", "))") }
  }
}

extension CacheLocation {
  /// Of a supported type that is a place: not `inline`.
  fileprivate init(_ place: CachePlace, _ use: CachePlace.Use) throws(BuildError) {
    if let problem = place.problem(use) { throw BuildError("the cache \(place.text) \(problem)") }
    guard place.type == "local" else {
      do { self = .registry(try ImageReference(place.name)) } catch { throw BuildError("the cache \(place.text): \(error)") }
      return
    }
    let path = place.options[use == .reading ? "src" : "dest"] ?? ""
    guard path.hasPrefix("/") else { throw BuildError("the cache \(place.text): its directory must be written from / on") }
    self = .directory(path, tag: place.options["tag"] ?? "latest", digest: place.options["digest"].flatMap { Digest($0) })
  }
}
