import StackModel

/// The forms that `config` prints.
public enum ConfigFormat: Sendable { case yaml, json }

/// The loaded stack as one canonical file, as `docker compose config` prints it: every entry in its long form, names and paths
/// complete. Values of secrets are never in it.
///
/// - Parameter services: Only these and what they depend on, with what they use; empty: all.
public func renderConfig(
  _ loaded: LoadedStack, format: ConfigFormat, options: ConfigOptions = ConfigOptions(), services: [String] = []
) -> String {
  let value = Canonical(loaded, format: format, options: options, selection: services).value()
  return switch format {
  case .yaml: YAMLWriter().text(value)
  case .json: JSONWriter().text(value)
  }
}

/// Only the images of the services, as a stack file that can stand over the others.
public func renderImages(_ loaded: LoadedStack, format: ConfigFormat, services: [String] = []) -> String {
  let images = Canonical(loaded, format: format, selection: services).images
  let value = ConfigValue.map([
    "services": .map(ConfigMap(sorting: images.map { ($0.service, .map(["image": .string($0.image)])) }))
  ])
  return switch format {
  case .yaml: YAMLWriter().text(value)
  case .json: JSONWriter().text(value)
  }
}
