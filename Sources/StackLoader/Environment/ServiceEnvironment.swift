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

  private func read(_ item: Node, into merged: inout Mapping) {
    guard !item.isNull else { return }
    let fields = Fields(node: item, subject: "service \"\(name)\", env_file", report: report)
    guard let path = item.text ?? (item.mapping != nil ? fields.text("path") : nil) else {
      report.error(.wrongType, item.place, "\(fields.subject): an entry must be a path, or a mapping with a path")
      return
    }
    let format = item.mapping != nil ? fields.text("format") : nil
    if let format, format != "raw" {
      report.error(
        .invalidValue, fields.place("format"), "\(fields.subject): format \"\(format)\" is not known",
        hint: "there is raw; without it the file is read as .env files are")
    }
    let isRequired = item.mapping == nil || fields.bool("required") ?? true
    let place = item["path"]?.place ?? item.place
    guard let bytes = contents(path, place, isRequired: isRequired) else { return }
    let environment = place.origin.environment
    let variables: [String: String]
    if format == "raw" {
      variables = parseRawEnvironment(bytes, lookup: { environment[$0] })
    } else {
      // What an earlier file says can be used in a later one.
      let earlier = merged
      guard
        let parsed = parseEnvironmentFile(
          bytes, shown: path, place: place, lookup: { environment[$0] ?? earlier[$0]?.text }, report)
      else { return }
      variables = parsed
    }
    for (key, value) in variables.sorted(by: { $0.key < $1.key }) { merged.set(key, Node(.string(value), place)) }
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
        let parsed = parseEnvironmentFile(bytes, shown: path, place: item.place, lookup: { _ in nil }, report)
      else { continue }
      for (key, value) in parsed.sorted(by: { $0.key < $1.key }) { merged.set(key, Node(.string(value), item.place)) }
    }
    if let own = service["labels"] {
      guard let mapping = keyed(own).mapping else { return nil }
      for entry in mapping.entries { merged[entry: entry.key] = entry }
    }
    return Node(.mapping(merged), files.place)
  }

  private func contents(_ path: String, _ place: Place, isRequired: Bool) -> [UInt8]? {
    let absolute = Paths.absolute(path, in: place.origin.directory, home: place.origin.environment["HOME"])
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

/// A file of variables; nil, with the error reported at the file's own line, when it cannot be read.
func parseEnvironmentFile(
  _ bytes: [UInt8], shown path: String, place: Place?, lookup: @escaping (String) -> String?, _ report: Report
) -> [String: String]? {
  var file = DotEnv(lookup: lookup, unset: { report.unsetVariable($0, place) })
  do throws(DotEnv.Failure) {
    try file.parse(bytes)
    return file.variables
  } catch {
    let at = SourceRange.Position(line: error.line, column: error.column)
    // The line may hold a password: it is not shown.
    report.errorWithoutExcerpt(.environmentFile, SourceRange(file: path, start: at, end: at), error.message)
    return nil
  }
}
