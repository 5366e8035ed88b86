import StackLoader
import Terminal

/// What `muster config` prints.
struct ConfigText {
  let command: Config
  let loaded: LoadedStack

  private var format: ConfigFormat { command.format == .json ? .json : .yaml }

  func text() throws -> String {
    if command.services { return lines(loaded.serviceNames) }
    if command.volumes { return lines(loaded.volumeKeys) }
    if command.networks { return lines(loaded.networkKeys) }
    if command.models { return lines(loaded.modelKeys) }
    if command.images { return lines(loaded.imageNames(of: command.names)) }
    if command.profiles { return lines(loaded.declaredProfiles) }
    if command.environment { return lines(loaded.environmentLines) }
    if command.variables { return variables() }
    if let wanted = command.hash { return try hashes(wanted) }
    if command.resolveImageDigests || command.lockImageDigests { try checkDigests() }
    let options = ConfigOptions(
      normalizes: !command.noNormalize, resolvesPaths: !command.noPathResolution, resolvesEnvironment: !command.noEnvResolution)
    return command.lockImageDigests
      ? renderImages(loaded, format: format, services: command.names)
      : renderConfig(loaded, format: format, options: options, services: command.names)
  }

  private func lines(_ names: [String]) -> String { names.map { $0 + "\n" }.joined() }

  private func variables() -> String {
    let variables = loaded.templateVariables
    if let format = command.format { return renderVariables(variables, format: format == .json ? .json : .yaml) }
    let rows = variables.map { [$0.name, $0.isRequired ? "true" : "false", $0.fallback, $0.alternative] }
    return Table(["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"], rows: rows).render()
  }

  private func hashes(_ wanted: String) throws -> String {
    let names = wanted == "*" ? loaded.serviceNames : Set(wanted.split(separator: ",").map(String.init)).sorted()
    return try names.map { name in
      guard let hash = serviceHash(name, of: loaded) else { throw Exit(1, "no such service: \(name)") }
      return "\(name) \(hash)\n"
    }.joined()
  }

  /// A digest that others can pull by is known to the registry only, which this version does not ask.
  private func checkDigests() throws {
    let unknown = loaded.imagesWithoutDigest(of: command.names)
    guard unknown.isEmpty else {
      throw Exit(
        1,
        unknown.map {
          "service \"\($0.service)\": the digest of \($0.image) is not known: only its registry has it, and this version asks none"
        }
        .joined(separator: "\n") + "\nName the images by digest (NAME@sha256:…) in the stack file.")
    }
  }
}
