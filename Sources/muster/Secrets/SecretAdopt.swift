import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import StackLoader
import StackModel
import Terminal

/// `muster secret adopt`.
struct SecretAdopt: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "Make secrets of variables that are written in the stack file.",
    discussion: """
      The value goes into the engine's store (or a file), and the stack file gets the variable in which the image takes
      the file: MYSQL_ROOT_PASSWORD: x becomes MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password. Comments and
      layout stay. The values are never shown.
      """)
  @Option(help: ArgumentHelp("The secret's name in the stack, for one variable.", valueName: "name")) var name: String?
  @Option(help: ArgumentHelp("Keep the values in files of this directory instead, readable by you alone.", valueName: "directory"))
  var file: String?
  @Flag(help: "Where the image takes no file: put a shell before its program that reads the file and exports the variable.") var wrapper =
    false
  @Flag(help: "Show the difference and write nothing.") var dryRun = false
  @Argument(help: "The service.") var service: String
  @Argument(help: "Variables of its environment; none: those in which `muster check` finds a password (MU0601).") var variables: [String] =
    []

  func validate() throws {
    guard name == nil || variables.count == 1 else { throw ValidationError("--name is for one variable.") }
    guard file != "" else { throw ValidationError("--file needs the name of a directory.") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let stack = context.request([])
    var request = AdoptionRequest(stack: stack, service: service, variables: variables, name: name, usesWrapper: wrapper)
    if let file { request.place = .directory(file.hasPrefix("/") ? file : stack.currentDirectory + "/" + file) }
    if wrapper { request.imageProcess = try await imageProcess(context) }
    let adoption = try adoption(request, context)
    for secret in adoption.secrets { context.output.hide(secret.value) }
    guard !dryRun else {
      for file in adoption.files {
        context.output.write(unifiedDiff(file.shownBefore, file.shownAfter, name: file.rewriting.shown))
      }
      tellNotes(adoption, context)
      return 0
    }
    try await carryOut(adoption, context)
    tellNotes(adoption, context)
    return 0
  }

  private func adoption(_ request: AdoptionRequest, _ context: Context) throws -> Adoption {
    do {
      return try adoptVariables(request)
    } catch {
      let renderer = DiagnosticRenderer(style: context.style(error: true).hasColour ? .colour : .plain)
      if !error.diagnostics.isEmpty { context.output.notice(renderer.render(error.diagnostics)) }
      throw Exit(1, visible(error.message) + (error.hint.map { "\n  hint: \(visible($0))" } ?? ""))
    }
  }

  /// The values are kept first and the files replaced then: whenever this ends, each value is in one of the two places at least.
  private func carryOut(_ adoption: Adoption, _ context: Context) async throws {
    let replacements = try adoption.files.map {
      try FileReplacement($0.rewriting.path, shown: $0.rewriting.shown, before: $0.rewriting.before, after: $0.rewriting.after)
    }
    let files = try adoption.secrets.map { try $0.path.map { try SecretFile($0) } }
    let engine = adoption.secrets.contains { $0.storedName != nil } ? try await context.engine() : nil
    var stored: [String] = []
    var written: [SecretFile] = []
    do {
      for (secret, file) in zip(adoption.secrets, files) {
        if let file {
          try file.write(secret.value)
          written.append(file)
        } else if let name = secret.storedName, let engine {
          _ = try await engine.createSecret(name, .bytes(secret.value), labels: [:])
          stored.append(name)
        }
      }
      for replacement in replacements { try replacement.write() }
    } catch {
      // A file that is rewritten needs its secrets.
      guard !adoption.files.contains(where: { isRewritten($0.rewriting) }) else { throw error }
      for file in written { file.remove() }
      for name in stored { try? await engine?.removeSecret(name) }
      throw error
    }
    for secret in adoption.secrets {
      context.output.tellShortness(of: .bytes(secret.value), secret.key)
      let place = secret.storedName.map { "the secret \($0)" } ?? secret.path ?? ""
      context.output.write("\(visible(secret.variable)): now \(visible(place)), in \(visible(secret.target))\n")
    }
  }

  private func isRewritten(_ file: Rewriting.File) -> Bool {
    (try? HostFiles().read(file.path, limit: file.after.count)) == file.after
  }

  private func tellNotes(_ adoption: Adoption, _ context: Context) {
    for note in adoption.notes { context.output.error("note: \(visible(note))") }
    guard !dryRun else { return }
    let names = adoption.secrets.compactMap(\.storedName)
    let change = names.first.map { ": muster secret rotate \($0) FILE" } ?? ""
    context.output.error(
      "note: older copies of the stack file still have what was written there; where others have seen them, change it\(change)")
    context.output.error("note: what runs is as it was until the next: muster up")
  }

  /// What the service's image runs; nil: the engine does not have it.
  private func imageProcess(_ context: Context) async throws -> AdoptionRequest.ImageProcess? {
    let loaded = try context.load(context.request([], profiles: ["*"]), runs: false)
    guard let image = loaded.stack.services[ServiceName(service)]?.image, let reference = try? ImageReference(image) else { return nil }
    let wanted = [image, reference.orLatest.familiar]
    let found = try await context.engine().images().first { summary in
      summary.references.contains { wanted.contains($0) } || summary.id.description == image
    }
    return found.map { .init(entrypoint: $0.entrypoint ?? [], command: $0.command ?? []) }
  }
}
