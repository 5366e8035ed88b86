import Diagnostics

/// Puts what `env_file` and `label_file` hold into `environment` and `labels`, and looks up the variables that are only named.
struct ServiceEnvironment<Reader: FileReader> {
  static var maximumSize: Int { 4 << 20 }

  let name: String
  let reader: Reader
  let report: Report
  /// False for services that will not run: their files need not exist.
  let readsFiles: Bool

  func resolve(_ service: Node) -> Node {
    guard var mapping = service.mapping else { return service }
    if let variables = environment(mapping) { mapping.set("environment", variables) }
    if let labels = labels(mapping) { mapping.set("labels", labels) }
    if readsFiles {
      mapping[entry: "env_file"] = nil
      mapping[entry: "label_file"] = nil
    }
    var copy = service
    copy.value = .mapping(mapping)
    return copy
  }

  private func environment(_ service: Mapping) -> Node? {
    let own = service["environment"]
    let ownMapping = own.map(keyed)?.mapping
    // Of the wrong type: told about when it is decoded.
    if let own, ownMapping == nil, !own.isNull { return nil }
    // Nothing to look up, nothing to add.
    if let written = own?.mapping, !written.hasNull, !readsFiles || service["env_file"] == nil { return nil }
    var merged = Mapping()
    if let files = service["env_file"], readsFiles {
      for item in files.sequence ?? [files] { read(item, into: &merged) }
    }
    for entry in ownMapping?.entries ?? [] {
      var entry = entry
      if entry.value.isNull, let value = entry.value.place.origin.environment[entry.key] {
        entry.value = Node(.string(value), entry.value.place)
      }
      merged[entry: entry.key] = entry
    }
    guard let place = own ?? service["env_file"] else { return nil }
    return Node(.mapping(merged), place.place)
  }

  /// What the service's `env_file`s say about one variable, in their order.
  func fileDefinitions(of variable: String, in service: Node) -> [Variable.Definition] {
    guard let files = service["env_file"] else { return [] }
    var merged = Mapping()
    var found: [Variable.Definition] = []
    for item in files.sequence ?? [files] {
      guard let (variables, place) = variables(item, after: merged) else { continue }
      if let known = variables.all[variable] {
        found += known.shadowed.reversed() + [Variable.Definition(value: known.value, source: known.source)]
      }
      add(variables, at: place, to: &merged)
    }
    return found
  }

  private func read(_ item: Node, into merged: inout Mapping) {
    guard let (variables, place) = variables(item, after: merged) else { return }
    add(variables, at: place, to: &merged)
  }

  /// One file's variables, which may use those of the files before it.
  private func variables(_ item: Node, after earlier: Mapping) -> (Variables, Place)? {
    guard !item.isNull else { return nil }
    let fields = Fields(node: item, subject: "service \"\(name)\", env_file", report: report)
    guard let path = item.text ?? (item.mapping != nil ? fields.text("path") : nil) else {
      report.error(.wrongType, item.place, "\(fields.subject): an entry must be a path, or a mapping with a path")
      return nil
    }
    let format = item.mapping != nil ? fields.text("format") : nil
    if let format, format != "raw" {
      report.error(
        .invalidValue, fields.place("format"), "\(fields.subject): format \"\(format)\" is not known",
        hint: "there is raw; without it the file is read as .env files are")
    }
    let isRequired = item.mapping == nil || fields.bool("required") ?? true
    let place = item["path"]?.place ?? item.place
    guard let bytes = contents(path, place, isRequired: isRequired) else { return nil }
    let environment = place.origin.environment
    return parseEnvironmentFile(
      bytes, shown: shown(path, place), place: place, isRaw: format == "raw", lookup: { environment[$0] ?? earlier[$0]?.text }, report
    ).map { ($0, place) }
  }

  /// The file's variables, in the order of their names; each knows its own line.
  private func add(_ variables: Variables, at place: Place, to merged: inout Mapping) {
    for (name, variable) in variables.all.sorted(by: { $0.key < $1.key }) {
      var place = place
      place.trail = Trail(variable.source.note(name), place.trail)
      merged[entry: name] = Mapping.Entry(key: name, keyPlace: place, value: Node(.string(variable.value), place))
    }
  }

  private func labels(_ service: Mapping) -> Node? {
    guard readsFiles, let files = service["label_file"], !files.isNull else { return nil }
    var merged = Mapping()
    for item in files.sequence ?? [files] {
      guard let path = item.text else {
        report.error(.wrongType, item.place, "service \"\(name)\": label_file must be a path or a list of paths")
        continue
      }
      guard let bytes = contents(path, item.place, isRequired: true),
        let parsed = parseEnvironmentFile(bytes, shown: shown(path, item.place), place: item.place, lookup: { _ in nil }, report)
      else { continue }
      add(parsed, at: item.place, to: &merged)
    }
    if let own = service["labels"] {
      guard let mapping = keyed(own).mapping else { return nil }
      for entry in mapping.entries { merged[entry: entry.key] = entry }
    }
    return Node(.mapping(merged), files.place)
  }

  private func absolute(_ path: String, _ place: Place) -> String {
    Paths.absolute(path, in: place.origin.directory, home: place.origin.environment["HOME"])
  }

  private func shown(_ path: String, _ place: Place) -> String { place.origin.shown(absolute(path, place)) }

  private func contents(_ path: String, _ place: Place, isRequired: Bool) -> [UInt8]? {
    let absolute = absolute(path, place)
    do throws(FileError) {
      return try reader.read(absolute, limit: Self.maximumSize)
    } catch {
      guard isRequired || error != .missing else { return nil }
      report.error(
        .unreadableFile, place, "service \"\(name)\": cannot read \(absolute): \(error)",
        hint: error == .missing ? "make the file, or say required: false" : nil)
      return nil
    }
  }
}
