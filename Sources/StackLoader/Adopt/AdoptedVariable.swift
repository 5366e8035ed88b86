import Diagnostics
import StackModel

/// A variable that is to become a secret: where it is written, and what it becomes.
struct AdoptedVariable {
  let service: String
  let name: String
  let secret: Adoption.Secret
  /// The shell's wrapper around the service's program; nil: the image reads the file itself.
  let wrapper: EntrypointWrapper?
  /// As it is written in its file.
  private let written: Written

  /// The variable in the file that it is written in: entry, `environment`, service, document.
  private struct Written {
    var document: Node
    var service: Mapping.Entry
    var environment: Mapping.Entry
    var entry: Mapping.Entry
    var isList: Bool
  }

  var subject: String { "service \"\(service)\", \(name)" }
  var fileVariable: String { secret.fileVariable ?? name + "_FILE" }

  init(_ name: String, _ request: AdoptionRequest, _ reading: Adopter.Reading, reader: any FileReader) throws(AdoptionRefusal) {
    self.name = name
    service = request.service
    let subject = "service \"\(request.service)\", \(name)"
    let model = reading.loaded.merged
    guard let entry = model["services"]?.mapping?[entry: service], let linted = LintedService(entry),
      let decoded = reading.loaded.decoded.service(service)
    else {
      let names = model["services"]?.mapping?.keys.sorted() ?? []
      throw AdoptionRefusal("there is no service \"\(request.service)\"", hint: "there are " + names.joined(separator: ", "))
    }
    guard !name.isEmpty, name.utf8.allSatisfy({ isWordByte($0) }), name.utf8.first.map({ !(0x30...0x39).contains($0) }) ?? false else {
      throw AdoptionRefusal("\"\(name)\" is not the name of a variable", hint: "letters, digits and '_'")
    }
    let found = try Self.entry(name, linted, subject, reader: reader)
    guard let written = Self.written(name, found, service, reading.files) else {
      throw AdoptionRefusal(
        "\(subject): it is written in a way that cannot be rewritten (\(found.keyPlace.range))",
        hint: "write it into the environment of the service itself")
    }
    self.written = written
    guard let value = decoded.options.environment[name] else {
      throw AdoptionRefusal("\(subject): it has no value here", hint: "export \(name), or put it into .env, and run the command again")
    }
    guard !value.isEmpty else { throw AdoptionRefusal("\(subject): its value is empty", hint: "remove the variable") }

    var fileVariable = linted.known?.files.variable(for: name)
    // The image's own entry point is what reads the file.
    if linted["entrypoint"] != nil { fileVariable = nil }
    if fileVariable == nil, !request.usesWrapper {
      let image = linted.isBuilt ? "an image that is built here" : "the image \(decoded.image)"
      throw AdoptionRefusal(
        linted["entrypoint"] != nil
          ? "\(subject): the service has an entrypoint of its own, so that nothing of the image reads a file for it"
          : "\(subject): nothing is known of a variable in which \(image) takes a file for it",
        hint:
          "--wrapper puts a shell before the program that reads the file and exports it, as an environment variable in the container alone")
    }
    let newVariable = fileVariable ?? name + "_FILE"
    guard decoded.options.environment[newVariable] == nil else {
      throw AdoptionRefusal("\(subject): \(newVariable) is set already", hint: "remove one of the two")
    }
    wrapper =
      fileVariable == nil
      ? try EntrypointWrapper(name, newVariable, decoded, linted, request.imageProcess, reading.files, value: value, subject: subject) : nil
    let key = try SecretKeys(model, project: reading.loaded.stack.name.rawValue).key(for: name, of: service, wanted: request.name)
    var secret = Adoption.Secret(
      variable: name, key: key.key, storedName: nil, path: nil, fileVariable: fileVariable, target: "/run/secrets/" + key.key,
      value: Array(value.utf8))
    switch request.place {
    case .store: secret.storedName = key.stored
    case .directory(let directory): secret.path = Paths.clean(directory + "/" + key.key)
    }
    self.secret = secret
  }

  /// The entry of the service's `environment`.
  private static func entry(
    _ name: String, _ service: LintedService, _ subject: String, reader: any FileReader
  ) throws(AdoptionRefusal) -> Mapping.Entry {
    let environment = ServiceEnvironment(
      name: service.name, reader: OverlayFiles(reader: reader, rewritten: [:]), report: Report(), readsFiles: true)
    let inFiles = environment.fileDefinitions(of: name, in: service.node)
    let own = service["environment"].map(keyed)?.mapping?[entry: name]
    guard inFiles.isEmpty else {
      var place = "an env_file"
      if case .file(let range)? = inFiles.last?.source { place = "\(range)" }
      throw AdoptionRefusal(
        own == nil
          ? "\(subject): its value comes from \(place), which other programs may read too"
          : "\(subject): without the stack file's value the one of \(place) would count",
        hint: own == nil
          ? "move the line into the service's environment, and run the command again" : "remove it there, and run the command again")
    }
    guard let own else {
      throw AdoptionRefusal("\(subject): the service has no such variable in its environment")
    }
    return own
  }

  /// Where a file has the entry; of several services that share it the one that is meant.
  private static func written(_ name: String, _ found: Mapping.Entry, _ service: String, _ files: WrittenFiles) -> Written? {
    var candidates: [Written] = []
    for document in files.documents where document.place.origin.file == found.keyPlace.origin.file {
      for holder in document["services"]?.mapping?.entries ?? [] {
        guard let environment = holder.value.mapping?[entry: "environment"], let entry = keyed(environment.value).mapping?[entry: name],
          entry.keyPlace.start == found.keyPlace.start
        else { continue }
        candidates.append(
          Written(document: document, service: holder, environment: environment, entry: entry, isList: environment.value.sequence != nil))
      }
    }
    return candidates.first { $0.service.key == service } ?? candidates.first
  }

  // MARK: changes

  /// The documents that can take the secret's definition: the one with the service, the stack's first one.
  func definitionPlaces(_ reading: Adopter.Reading) throws(AdoptionRefusal) -> [Node] {
    let main = reading.files.documents.first { $0.place.origin.path == reading.loaded.decoded.files.first }
    guard let main, main.place.origin.file != written.document.place.origin.file else { return [written.document] }
    return [written.document, main]
  }

  func changes(definedIn document: Node, _ reading: Adopter.Reading) throws(AdoptionRefusal) -> TextChanges {
    var changes = TextChanges()
    try changeVariable(&changes, reading)
    let file = written.document.place.origin.file
    guard let source = reading.files.sources[file]?.text, let other = reading.files.sources[document.place.origin.file]?.text else {
      throw AdoptionRefusal("\(subject): \(file) is not a file of the stack")
    }
    let service = ServiceAdditions(
      collections: WrittenCollections(source: source), service: written.service, environment: written.environment,
      isJSON: WrittenCollections(source: source).isJSON(written.document), file: file)
    guard service.grant(secret.key, &changes), wrapper.map({ service.wrap($0, &changes) }) ?? true else {
      throw AdoptionRefusal(
        "\(subject): the service is written in a way that nothing can be added to", hint: "write its keys on lines of their own")
    }
    let definition = SecretDefinition(secret, in: document)
    guard definition.insert(WrittenCollections(source: other), document, &changes) else {
      throw AdoptionRefusal("\(subject): nothing can be added to the secrets of \(document.place.origin.file)")
    }
    return changes
  }

  /// `NAME: value` becomes `NAME_FILE: /run/secrets/name`.
  private func changeVariable(_ changes: inout TextChanges, _ reading: Adopter.Reading) throws(AdoptionRefusal) {
    let entry = written.entry
    let file = entry.keyPlace.origin.file
    guard let source = reading.files.sources[file]?.text else { throw AdoptionRefusal("\(subject): \(file) is not a file of the stack") }
    let collections = WrittenCollections(source: source)
    func quoted(_ text: String, as token: Range<Int>) -> String {
      switch source.bytes[token].first {
      case UInt8(ascii: "\"")?: "\"\(text)\""
      case UInt8(ascii: "'")?: "'\(text)'"
      default: text
      }
    }
    let key = source.scalar(at: entry.keyPlace)
    if written.isList {
      changes.replace(collections.trimmed(key), in: file, with: quoted("\(fileVariable)=\(secret.target)", as: key))
      return
    }
    changes.replace(key, in: file, with: quoted(fileVariable, as: key))
    var at = key.upperBound
    while at < source.bytes.count, isBlank(source.bytes[at]) { at += 1 }
    guard at < source.bytes.count, source.bytes[at] == UInt8(ascii: ":") else {
      throw AdoptionRefusal("\(subject): its value is written in a way that cannot be rewritten (\(entry.keyPlace.range))")
    }
    let value = collections.trimmed(source.scalar(at: entry.value.place))
    if entry.value.isNull {
      let isWritten = value.lowerBound > at && !value.isEmpty && source.text(at + 1..<value.lowerBound).allSatisfy { $0 == " " }
      if isWritten, ["null", "~", "Null", "NULL"].contains(source.text(value)) {
        changes.replace(value, in: file, with: secret.target)
      } else {
        changes.insert(" " + secret.target, at: at + 1, in: file)
      }
      return
    }
    // An alias has its value elsewhere, where others may want it.
    let between = source.offset(entry.value.place.start)
    guard between > at, source.bytes[at + 1..<between].allSatisfy({ isBlank($0) || $0 == 0x0A || $0 == 0x0D }) else {
      throw AdoptionRefusal(
        "\(subject): its value is an alias of what stands at \(entry.value.place.range)", hint: "write the value itself, or adopt it there")
    }
    let isJSON = collections.isJSON(written.document)
    changes.replace(value, in: file, with: isJSON ? "\"\(secret.target)\"" : quoted(secret.target, as: value))
  }

  // MARK: checks

  /// The stack afterwards is the one before, but for what was meant.
  func verify(_ before: Adopter.Reading, _ after: Adopter.Reading) throws(AdoptionRefusal) {
    let place = "services.\(service)."
    var allowed = [
      "\(place)environment.\(name)", "\(place)environment.\(fileVariable)", "\(place)secrets", "secrets.\(secret.key)",
      "declared secrets.\(secret.key)",
    ]
    if wrapper != nil { allowed += ["\(place)entrypoint", "\(place)command"] }
    if let other = Rewriter.unsaid(allowed, before.loaded, after.loaded).first {
      let words = other.split(separator: ".").map(String.init)
      let isService = words.first == "services" && words.count > 1 && words[1] != service
      throw AdoptionRefusal(
        isService
          ? "\(subject): what it is written in is also that of service \"\(words[1])\"" : "\(subject): \(other) would change with it",
        hint: "write the variable into the service's own environment, and run the command again")
    }
    let stack = after.loaded.decoded
    guard let options = stack.service(service)?.options else { throw AdoptionRefusal("\(subject): the service would be gone") }
    guard options.environment[name] == nil else {
      throw AdoptionRefusal("\(subject): another file of the stack sets it too", hint: "write it in one file only")
    }
    let origin: FileSource.Origin = secret.storedName.map { .stored($0) } ?? .file(secret.path ?? "")
    guard options.environment[fileVariable] == secret.target, stack.secrets[SecretName(secret.key)]?.origin == origin,
      options.secrets.contains(where: { $0.source == secret.key && $0.target == secret.target }),
      wrapper.map({ options.entrypoint == $0.entrypoint && (options.command == $0.command || $0.command == nil) }) ?? true
    else { throw AdoptionRefusal("\(subject): the stack file would not say what was meant", hint: "write the change by hand") }
  }

  /// What is left to do or to know.
  func notes(_ before: Adopter.Reading, _ after: Adopter.Reading) -> [String] {
    AdoptionNotes(variable: self, entry: written.entry, before: before.loaded, after: after.loaded).all
  }
}

extension Stack {
  /// Also one of an inactive profile.
  func service(_ name: String) -> Service? { services[ServiceName(name)] ?? disabledServices[ServiceName(name)] }
}

/// A letter, a digit or `_`.
func isWordByte(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
}
