import Backend
import Diagnostics
import EngineClient
import StackLoader
import Terminal

/// Keeps the values and rewrites the stack files, or shows the difference.
func adopt(_ request: AdoptionRequest, dryRun: Bool, _ context: Context) async throws {
  let adoption = try adoption(request, context)
  for secret in adoption.secrets { context.output.hide(secret.value) }
  if dryRun {
    for file in adoption.files {
      context.output.write(unifiedDiff(file.shownBefore, file.shownAfter, name: file.rewriting.shown))
    }
  } else {
    try await carryOut(adoption, context)
  }
  tellNotes(adoption, dryRun: dryRun, context)
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

private func tellNotes(_ adoption: Adoption, dryRun: Bool, _ context: Context) {
  for note in adoption.notes { context.output.error("note: \(visible(note))") }
  guard !dryRun else { return }
  let names = adoption.secrets.compactMap(\.storedName)
  let change = names.first.map { ": muster secret rotate \($0) FILE" } ?? ""
  context.output.error(
    "note: older copies of the stack file still have what was written there; where others have seen them, change it\(change)")
  context.output.error("note: what runs is as it was until the next: muster up")
}
