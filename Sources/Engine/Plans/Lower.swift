import Backend
import Reconciler
import StackModel

extension LocalBackend {
  /// The stack that a request means, with the fingerprints of its secrets and configs filled in.
  ///
  /// `remember`: the stack becomes the project's desired state, and values from the caller's environment are sealed with it. Without a stack
  /// in the request it is the one remembered, or none.
  func lowered(_ request: StackRequest, remember: Bool) async throws -> Stack? {
    let known = await catalog.stack(request.project)
    guard let stack = request.stack else {
      if case .up = request.operation, let known { return try await lowered(known) }
      return known.map { remapped($0.stack) }
    }
    var row = StackRow(stack: stack, sealedValues: [:])
    for (key, value) in request.values {
      let name = "\(request.project)/\(key)"
      // Sealing is not repeatable, so the old seal is kept while the value is the same: nothing to do stays nothing to write.
      if let old = known?.sealedValues[key], let opened = try? vault.open(old, name: name), opened == Array(value.utf8) {
        row.sealedValues[key] = old
      } else {
        row.sealedValues[key] = try vault.seal(Array(value.utf8), name: name)
      }
    }
    if remember, case .up(let options) = request.operation {
      row.isKept = options.keeps
      try vault.keepKeys()
      try await catalog.put(row)
    }
    return remapped(try fingerprinted(stack, await contents(row)))
  }

  /// Every service with the numbers of its user namespace; without the setting `userns-remap` there is nothing to stay out of.
  func remapped(_ stack: Stack) -> Stack {
    var stack = stack
    for (name, var service) in stack.services {
      service.options.users = service.options.users == .host ? nil : userMapping.map { .remapped($0) }
      stack.services[name] = service
    }
    return stack
  }

  /// Fills in `FileGrant.fingerprint`. A content that cannot be read is an error with the service's name.
  func fingerprinted(_ stack: Stack, _ contents: GrantContents) throws -> Stack {
    var stack = stack
    var known: [String: String] = [:]
    func fingerprint(_ key: String, _ read: () throws -> [UInt8]) throws -> String {
      if let found = known[key] { return found }
      let value = try contents.fingerprint(try read(), key)
      known[key] = value
      return value
    }
    for name in stack.services.keys { stack.services[name]?.options.noteFiles(below: stack.workingDirectory, contents) }
    for (name, var service) in stack.services where !service.options.secrets.isEmpty || !service.options.configs.isEmpty {
      do {
        for index in service.options.secrets.indices {
          let source = service.options.secrets[index].source
          service.options.secrets[index].fingerprint = try fingerprint("secrets.\(source)") { try contents.secret(SecretName(source)) }
        }
        for index in service.options.configs.indices {
          let source = service.options.configs[index].source
          service.options.configs[index].fingerprint = try fingerprint("configs.\(source)") { try contents.config(ConfigName(source)) }
        }
      } catch var error as EngineError {
        error.subject = name.rawValue
        error.origin = service.origin
        throw error
      }
      stack.services[name] = service
    }
    return stack
  }
}
