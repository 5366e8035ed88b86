import OCI
import Reconciler
import StackModel

extension Context {
  /// The credentials for the registries of these images. A helper that fails is only told about.
  func credentials(for images: [String]) throws -> [String: RegistryCredential] {
    let registries = Set(images.compactMap { try? ImageReference($0).registry })
    guard !registries.isEmpty else { return [:] }
    return try credentials(of: registries.sorted(), in: try DockerConfiguration(environment: environment))
  }

  /// The credentials that an operation on a stack may need; none for those that ask no registry.
  func credentials(for operation: Operation, _ stack: Stack?) throws -> [String: RegistryCredential]? {
    guard let stack, operation.mayPull else { return nil }
    // What a Dockerfile starts from is only known when it is read: then all that Docker's configuration knows may be needed.
    let configuration = try DockerConfiguration(environment: environment)
    let builds = stack.servicesAndJobs.values.contains { $0.build != nil }
    let caches = stack.servicesAndJobs.values.flatMap { $0.build?.requests?.cachedImages ?? [] }
    let images = stack.servicesAndJobs.values.map(\.image) + caches
    let registries = Set(images.compactMap { try? ImageReference($0).registry }).union(builds ? configuration.registries : [])
    let found = try credentials(of: registries.sorted(), in: configuration)
    return found.isEmpty ? nil : found
  }

  func credentials(of registries: [String], in configuration: DockerConfiguration) throws -> [String: RegistryCredential] {
    var found: [String: RegistryCredential] = [:]
    for registry in registries {
      guard let credential = configuration.credential(for: registry, warn: { output.error("warning: \($0)") }) else { continue }
      for secret in [credential.password, credential.identityToken ?? "", credential.registryToken ?? ""] where !secret.isEmpty {
        output.hide(Array(secret.utf8))
      }
      found[registry] = credential
    }
    return found
  }
}
