import Backend
import ContainerRuntime
import ContainerSetup
import Glibc
import LinuxKit
import StackModel

extension LocalBackend {
  /// Brings the newest value of a secret into every running container that has it.
  func deliver(secretNamed name: String) async -> [SecretRotation.Container] {
    var outcomes: [SecretRotation.Container] = []
    for use in await secretUses()[name] ?? [] {
      guard let container = use.container, let outcome = await deliver(to: container) else { continue }
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// What an engine that died had stored and not delivered.
  func deliverWhatIsNew() async {
    for container in await containers.all() where await container.running != nil { _ = await deliver(to: container) }
  }

  /// Gives a running container the contents that its project's stack means now.
  func renewFiles(of container: Container) async throws {
    _ = try await container.refreshGrants(await contents(of: container.spec.project), container.spec.options.grantKeys)
  }

  /// nil: it does not run, or has the newest values of all that it gets from the store.
  private func deliver(to container: Container) async -> SecretRotation.Container? {
    let spec = container.spec
    do {
      let contents = await contents(of: spec.project)
      let keys = Set(contents.row.stack.storedNames(spec.options).keys)
      guard !keys.isEmpty, let what = try await container.refreshGrants(contents, keys) else { return nil }
      return what
    } catch {
      container.tell("its secrets could not be renewed: \(error)")
      return .init(name: spec.name, what: .failed, detail: "\(error)")
    }
  }
}

extension Container {
  /// Gives the running container the newest contents of some grants (`secrets.KEY`, `configs.KEY`), and then does what `x-muster.on_secret_change`
  /// asks. nil: it does not run, or has them.
  func refreshGrants(_ contents: GrantContents, _ keys: Set<String>) async throws -> SecretRotation.Container? {
    try await engine.containerGate.alone(on: id) { try await self.refreshGrantsAlone(contents, keys) }
  }

  private func refreshGrantsAlone(_ contents: GrantContents, _ keys: Set<String>) async throws -> SecretRotation.Container? {
    guard let running else { return nil }
    var renewed = spec
    let files = try renew(&renewed.options, contents, keys)
    guard !files.isEmpty else { return nil }
    do {
      try replaceFiles(files, ofTmpfs: grantSource(id), hidden: grantHidden, in: running.shim.pid)
    } catch {
      throw EngineError(.internal, subject: spec.service.rawValue, "the files in \(spec.name) could not be replaced: \(error)")
    }
    change(spec: renewed)
    await persistOrTell()
    announce(.updated)
    return try await react()
  }

  /// Before a start: the fingerprints of what it is about to be given. A content that changes after this is delivered, since it differs from them.
  func noteContents() async {
    let hasFiles = spec.options.mounts.contains { $0.fingerprint != nil }
    guard hasFiles || !spec.options.secrets.isEmpty || !spec.options.configs.isEmpty else { return }
    let contents = await engine.contents(of: spec.project)
    let keys = spec.options.grantKeys
    var noted = spec
    noted.options.noteFilesAgain(contents)
    // What cannot be read is an error of the start itself.
    guard (try? renew(&noted.options, contents, keys)) != nil, noted != spec else { return }
    change(spec: noted)
  }

  /// The files whose contents are not those of the spec's fingerprints, which become the new ones.
  private func renew(_ options: inout ContainerOptions, _ contents: GrantContents, _ keys: Set<String>) throws -> [FileReplacement] {
    var files: [FileReplacement] = []
    for place in try GrantPlace.all(options) {
      let isSecret = place.kind == .secret
      let grant = isSecret ? options.secrets[place.index] : options.configs[place.index]
      let key = "\(place.kind.rawValue)s.\(grant.source)"
      guard keys.contains(key) else { continue }
      let content = try isSecret ? contents.secret(SecretName(grant.source)) : contents.config(ConfigName(grant.source))
      let fingerprint = try contents.fingerprint(content, key)
      guard fingerprint != grant.fingerprint else { continue }
      if isSecret { options.secrets[place.index].fingerprint = fingerprint } else { options.configs[place.index].fingerprint = fingerprint }
      files.append(FileReplacement(file: place.relative, boundAt: place.boundAt, content: content))
    }
    return files
  }

  private func react() async throws -> SecretRotation.Container {
    switch spec.options.onSecretChange ?? .none {
    case .none: return .init(name: spec.name, what: .updated)
    case .signal(let name):
      guard let number = signalNumber(name) else { throw EngineError(.invalid, subject: spec.service.rawValue, "\(name) is not a signal") }
      try await running?.shim.signal(number)
      return .init(name: spec.name, what: .signalled, detail: name)
    case .restart:
      try await stopAlone(grace: nil)
      try await startAlone()
      return .init(name: spec.name, what: .restarted)
    }
  }
}
