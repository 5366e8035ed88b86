import Diagnostics
import StackModel

/// Turns variables of a service into secrets: the value out of the stack file, a secret and the variable that takes its file in.
///
/// Everything else in the files stays as it is written. The result is loaded again and must be the same stack but for the variable, the
/// secret and the service's use of it. Reads files and nothing else; writing, and keeping the values, is for the caller.
public func adoptVariables(_ request: AdoptionRequest, reader: some FileReader = HostFiles()) throws(AdoptionRefusal) -> Adoption {
  guard request.name == nil || request.variables.count == 1 else {
    throw AdoptionRefusal("one name cannot be that of several secrets", hint: "adopt one variable at a time")
  }
  var adopter = Adopter(request: request, reader: reader)
  let variables = request.variables.isEmpty ? try adopter.passwords() : request.variables
  for variable in variables { try adopter.adopt(variable) }
  return adopter.adoption()
}

struct Adopter {
  let request: AdoptionRequest
  let reader: any FileReader
  private var overlay: [String: [UInt8]] = [:]
  private var before: [String: Rewriting.File] = [:]
  private var result = Adoption()

  init(request: AdoptionRequest, reader: any FileReader) {
    self.request = request
    self.reader = reader
  }

  /// The stack files as they would be so far.
  struct Reading {
    var checked: CheckedStack
    var loaded: LoadedStack
    var files: WrittenFiles
  }

  private func read(_ overlay: [String: [UInt8]]) throws(AdoptionRefusal) -> Reading {
    let reader = OverlayFiles(reader: reader, rewritten: overlay)
    var whole = request.stack
    whole.services = []
    let checked = checkStack(whole, reader: reader)
    guard let loaded = checked.loaded, loaded.interpolates else {
      throw AdoptionRefusal("the stack files have errors", diagnostics: checked.diagnostics.filter { $0.severity == .error })
    }
    return Reading(checked: checked, loaded: loaded, files: WrittenFiles(loaded.merged))
  }

  /// The service's variables that the linter tells about (MU0601), as far as they can be adopted.
  func passwords() throws(AdoptionRefusal) -> [String] {
    let reading = try read(overlay)
    let services = reading.loaded.merged["services"]?.mapping
    guard let service = services?[entry: request.service].flatMap(LintedService.init) else {
      throw AdoptionRefusal(
        "there is no service \"\(request.service)\"", hint: "there are " + (services?.keys.sorted().joined(separator: ", ") ?? "none"))
    }
    let names = writtenPasswords(service, reading.files)
    guard !names.isEmpty else {
      throw AdoptionRefusal(
        "service \"\(request.service)\" has no password written in its environment", hint: "name the variables that are to become secrets")
    }
    return names
  }

  mutating func adopt(_ variable: String) throws(AdoptionRefusal) {
    let reading = try read(overlay)
    let found = try AdoptedVariable(variable, request, reading, reader: reader)
    var refusal: AdoptionRefusal?
    // The secret is defined beside the service, or, when that file only lends it out, in the stack's first file.
    for document in try found.definitionPlaces(reading) {
      do throws(AdoptionRefusal) {
        try attempt(found, definedIn: document, reading)
        return
      } catch { refusal = refusal ?? error }
    }
    throw refusal ?? AdoptionRefusal("\(found.subject): no stack file can take the secret")
  }

  private mutating func attempt(_ found: AdoptedVariable, definedIn document: Node, _ reading: Reading) throws(AdoptionRefusal) {
    let changes = try found.changes(definedIn: document, reading)
    var tried = overlay
    var files: [String: Rewriting.File] = [:]
    for shown in changes.files {
      guard let source = reading.files.sources[shown], let path = source.path else {
        throw AdoptionRefusal("\(found.subject): standard input cannot be rewritten", hint: "name the stack file")
      }
      guard let after = changes.applied(to: source.text.bytes, of: shown) else {
        throw AdoptionRefusal(
          "\(found.subject): the changes to \(shown) meet each other", hint: "write the service's keys on lines of their own")
      }
      files[path] = Rewriting.File(path: path, shown: shown, before: source.text.bytes, after: after)
      tried[path] = after
    }
    let after: Reading
    do {
      after = try read(tried)
    } catch {
      throw AdoptionRefusal(
        "\(found.subject): the stack file would not be right afterwards", hint: "write the service's keys on lines of their own",
        diagnostics: error.diagnostics)
    }
    try found.verify(reading, after)
    overlay = tried
    for (path, file) in files where before[path] == nil { before[path] = file }
    result.secrets.append(found.secret)
    for note in found.notes(reading, after) where !result.notes.contains(note) { result.notes.append(note) }
  }

  /// What has come of it.
  func adoption() -> Adoption {
    var adoption = result
    let hidden = adoption.secrets.map(\.value)
    for file in before.values.sorted(by: { $0.path < $1.path }) {
      var file = file
      file.after = overlay[file.path] ?? file.before
      adoption.files.append(
        Adoption.File(rewriting: file, shownBefore: shown(file.before, hidden), shownAfter: shown(file.after, hidden)))
    }
    return adoption
  }

  /// A file's text for people.
  private func shown(_ bytes: [UInt8], _ values: [[UInt8]]) -> String {
    var masked = MaskedText(bytes, names: Set(result.secrets.map(\.variable)))
    masked.hideSecrets()
    for value in values { masked.hide(value) }
    return masked.text
  }
}
