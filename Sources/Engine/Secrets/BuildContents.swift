import Backend
import StackModel

extension LocalBackend {
  /// What the secrets that a request's builds may ask for contain. A build can come before the stack is remembered, or without it.
  func buildContents(_ request: StackRequest) async throws -> GrantContents {
    var contents = await contents(of: request.project)
    guard let stack = request.stack else { return contents }
    contents.row.stack = stack
    for (key, value) in request.values {
      contents.row.sealedValues[key] = try vault.seal(Array(value.utf8), name: "\(request.project)/\(key)")
    }
    await contents.decryptFiles(identity: location.ageIdentity)
    return contents
  }
}
