import StackModel

/// What `config` lists, each sorted.
extension LoadedStack {
  /// `config --services`: the enabled services' names.
  public var serviceNames: [String] { decoded.services.keys.map(\.rawValue).sorted() }
  /// `config --volumes`: the keys of the declared and used volumes.
  public var volumeKeys: [String] { decoded.volumes.values.map(\.key).sorted() }
  /// `config --networks`: the keys of the declared and used networks.
  public var networkKeys: [String] { decoded.networks.values.map(\.key).sorted() }
  /// `config --models`: the keys of the declared and used models.
  public var modelKeys: [String] {
    let used = UsedNames(Canonical(self, format: .yaml).services).models
    return (model["models"]?.mapping?.keys ?? []).filter(used.contains).sorted()
  }
  /// `config --images`: the images of the services and of what they depend on, one a service, in the services' order; no services: all.
  public func imageNames(of services: [String] = []) -> [String] {
    let canonical = Canonical(self, format: .yaml, selection: services)
    let selected = Set(canonical.selected(canonical.services).keys)
    return decoded.services.values.filter { selected.contains($0.name.rawValue) }.sorted { $0.name < $1.name }.map(\.image)
  }
  /// Services whose images are named without a digest.
  public func imagesWithoutDigest(of services: [String] = []) -> [(service: String, image: String)] {
    Canonical(self, format: .yaml, selection: services).images.filter { !$0.image.contains("@sha256:") }
  }
  /// `config --environment`: `NAME=value`, the values of secrets not told.
  public var environmentLines: [String] {
    let secrets = SecretValues(model)
    return environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(secrets.isSecret($0.value) ? "***" : $0.value)" }
  }
  /// `config --profiles`: every profile that a service has.
  public var declaredProfiles: [String] {
    Set((Array(decoded.services.values) + decoded.disabledServices.values).flatMap(\.profiles)).sorted()
  }
}
