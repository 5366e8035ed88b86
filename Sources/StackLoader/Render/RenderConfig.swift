import StackModel

/// The forms that `config` prints.
public enum ConfigFormat: Sendable { case yaml, json }

/// The loaded stack as one canonical file, as `docker compose config` prints it: every entry in its long form, names and paths
/// complete, keys sorted. Secrets are places, never values.
public func renderConfig(_ loaded: LoadedStack, format: ConfigFormat) -> String {
  let value = Canonical(loaded: loaded).value()
  return switch format {
  case .yaml: YAMLWriter().text(value)
  case .json: JSONWriter().text(value)
  }
}

/// One enabled service in its canonical form, as one JSON object: what `config --hash` hashes. nil: there is no such service.
public func renderService(_ name: String, of loaded: LoadedStack) -> String? {
  guard case .map(let top) = Canonical(loaded: loaded).value(), case .map(let services)? = top["services"] else { return nil }
  return services[name].map { JSONWriter().text($0) }
}

extension LoadedStack {
  /// `config --services`: the enabled services' names, sorted.
  public var serviceNames: [String] { decoded.services.keys.map(\.rawValue).sorted() }
  /// `config --volumes`: the keys of the declared volumes, sorted.
  public var volumeKeys: [String] { decoded.volumes.values.map(\.key).sorted() }
  /// `config --networks`: the keys of the declared and used networks, sorted.
  public var networkKeys: [String] { decoded.networks.values.map(\.key).sorted() }
  /// `config --images`: the enabled services' images, one a service, in the services' order.
  public var imageNames: [String] { decoded.services.values.sorted { $0.name < $1.name }.map(\.image) }
  /// `config --profiles`: every profile that a service has, sorted.
  public var declaredProfiles: [String] {
    Set((Array(decoded.services.values) + decoded.disabledServices.values).flatMap(\.profiles)).sorted()
  }
}
