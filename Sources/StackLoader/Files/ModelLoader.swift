import Diagnostics

/// Reads stack files into one tree each: parsed, interpolated, with `extends` and `include` done.
final class ModelLoader<Reader: FileReader> {
  /// Files of one stack, however they come in.
  static var maximumFiles: Int { 500 }
  /// Values that `extends` and `include` may bring in together.
  static var maximumNodes: Int { 200_000 }

  let reader: Reader
  let report: Report
  let interpolates: Bool
  private let currentDirectory: String
  private var budget: Int
  private var filesRead = 0

  init(reader: Reader, report: Report, interpolates: Bool, currentDirectory: String) {
    self.currentDirectory = currentDirectory
    self.reader = reader
    self.report = report
    self.interpolates = interpolates
    budget = Self.maximumNodes
  }

  /// One of the stack's own files, merge tags still in it. `including` are the files that include it.
  func load(
    _ file: StackFiles.File, directory: String, environment: Variables, place: Place? = nil, including: [String] = []
  ) -> Node? {
    guard let documents = documents(file, directory: directory, environment: environment, place: place) else { return nil }
    var model: Node?
    for document in documents {
      let extended = Extender(loader: self, file: file, environment: environment).resolve(document)
      model = model.map { Merger(report: report).merge($0, extended) } ?? extended
    }
    guard let model else { return nil }
    return Includer(loader: self, environment: environment, including: including + [file.path ?? "-"]).resolve(model)
  }

  /// The file's documents, interpolated; each is a mapping.
  func documents(_ file: StackFiles.File, directory: String, environment: Variables, place: Place?) -> [Node]? {
    filesRead += 1
    guard filesRead <= Self.maximumFiles else {
      report.error(.limit, place, "the stack has more than \(Self.maximumFiles) files")
      return nil
    }
    guard let bytes = read(file, place) else { return nil }
    let origin = Origin(
      file: file.shown, path: file.path, directory: directory, currentDirectory: currentDirectory, environment: environment, bytes: bytes)
    guard let parsed = parseYAML(bytes, origin, report) else { return nil }
    let documents = parsed.filter { !$0.isNull }
    guard !documents.isEmpty else {
      let start = Place(origin: origin, start: .init(line: 1, column: 1), end: .init(line: 1, column: 1))
      report.error(.syntax, start, "the file is empty", hint: "a stack file has services with at least an image each")
      return nil
    }
    for document in documents where document.mapping == nil {
      report.error(.wrongType, document.place, "a stack file is a mapping, not \(document.kind)", hint: "it starts with services:")
      return nil
    }
    return interpolates ? documents.map { interpolated($0, report) } : documents
  }

  /// Documents in which `name` at least is as in the file.
  func namesOnly(_ file: StackFiles.File, directory: String, environment: Variables) -> [Node] {
    guard let bytes = read(file, nil) else { return [] }
    switch NameScan.scan(bytes) {
    case .absent: return []
    case .alone(let line):
      let origin = Origin(
        file: file.shown, directory: directory, currentDirectory: currentDirectory, environment: environment, bytes: line)
      if let parsed = parseYAML(line, origin, Report()) { return parsed }
    case .unclear: break
    }
    return documents(file, directory: directory, environment: environment, place: nil) ?? []
  }

  private func read(_ file: StackFiles.File, _ place: Place?) -> [UInt8]? {
    do throws(FileError) {
      guard let path = file.path else {
        return try reader.readStandardInput(limit: StackFiles.maximumSize)
      }
      return try reader.read(path, limit: StackFiles.maximumSize)
    } catch {
      report.error(.unreadableFile, place, "cannot read the stack file \(file.path ?? "on standard input"): \(error)")
      return nil
    }
  }

  /// Counts what comes in again and again; false, with an error, when it is too much.
  func spend(on node: Node, _ place: Place) -> Bool {
    guard budget >= 0 else { return false }
    budget -= size(node)
    if budget < 0 { report.error(.limit, place, "the stack stands for more than \(Self.maximumNodes) values") }
    return budget >= 0
  }

  private func size(_ node: Node) -> Int {
    switch node.value {
    case .mapping(let mapping): mapping.entries.reduce(1) { $0 + size($1.value) }
    case .sequence(let nodes): nodes.reduce(1) { $0 + size($1) }
    default: 1
    }
  }
}
