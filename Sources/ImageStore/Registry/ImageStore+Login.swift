import OCI

extension ImageStore {
  /// Whether a registry lets somebody in. Throws ``RegistryError``.
  public static func checkLogin(_ registry: String, _ options: PullOptions) async throws {
    let client = RegistryClient(configuration: options.configuration, credentials: options.credentials, policy: options.policy)
    do {
      guard let endpoint = try options.configuration.endpoints(of: registry, forPush: true).first else { return }
      let answer = try await client.send(RegistryClient.Call(target: "/v2/", scopes: []), to: endpoint)
      switch answer.status {
      case 200: break
      case 401, 403:
        throw RegistryError(
          .denied, "\(endpoint.name) refuses the user name or the password", hint: "look at both, and at the registry's name")
      default:
        throw RegistryError(.unavailable, "\(endpoint.name) answers with status \(answer.status): is it a registry?")
      }
      await client.close()
    } catch {
      await client.close()
      throw error
    }
  }
}
