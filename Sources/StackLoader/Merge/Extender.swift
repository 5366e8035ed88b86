import Diagnostics

/// Does `extends`: a service becomes another one, of this file or another, with its own keys merged over it.
struct Extender<Reader: FileReader> {
  let loader: ModelLoader<Reader>
  let file: StackFiles.File
  let environment: Variables

  private static var maximumChain: Int { 50 }

  /// A service of a file.
  private struct Step: Equatable {
    var path: String
    var service: String
  }

  func resolve(_ model: Node) -> Node {
    guard var sections = model.mapping, let services = sections["services"], let mapping = services.mapping,
      mapping.entries.contains(where: { $0.value["extends"] != nil })
    else { return model }
    var resolved = mapping
    for entry in mapping.entries where entry.value["extends"] != nil {
      let service = extended(entry.key, entry.value, in: mapping, chain: [Step(path: file.path ?? "-", service: entry.key)])
      resolved.set(entry.key, service)
    }
    var copy = services
    copy.value = .mapping(resolved)
    sections.set("services", copy)
    var result = model
    result.value = .mapping(sections)
    return result
  }

  private func extended(_ name: String, _ service: Node, in services: Mapping, chain: [Step]) -> Node {
    guard var own = service.mapping, let written = own["extends"] else { return service }
    own[entry: "extends"] = nil
    var bare = service
    bare.value = .mapping(own)
    guard written.tag != .reset else { return bare }
    let report = loader.report
    let subject = "service \"\(name)\""
    let fields = Fields(node: written, subject: "\(subject), extends", report: report)
    KeyCheck(report: report, interpolates: loader.interpolates).check(written, at: ["services", name, "extends"])
    guard let base = written.text ?? (written.mapping != nil ? fields.text("service") : nil) else {
      report.error(.extends, written.place, "\(subject): extends names no service", hint: "write extends: {service: NAME}")
      return bare
    }
    let place = written["service"]?.place ?? written.place
    guard let source = source(written, fields, services, chain) else { return bare }
    let step = Step(path: source.path, service: base)
    if let start = chain.firstIndex(of: step) {
      let circle = (chain[start...].map(\.service) + [base]).joined(separator: " → ")
      report.error(.cycle, place, "services extend each other: \(circle)", hint: "remove one of these extends")
      return bare
    }
    guard chain.count < Self.maximumChain else {
      report.error(.limit, place, "\(subject) extends through more than \(Self.maximumChain) services")
      return bare
    }
    guard let found = source.services[base] else {
      let near = nearestName(to: base, among: source.services.keys.filter { $0 != name }).map { "did you mean \"\($0)\"?" }
      report.error(.extends, place, "\(subject) extends \"\(base)\", which is not in \(source.shown)", hint: near)
      return bare
    }
    guard loader.spend(on: found, place) else { return bare }
    let complete = extended(base, found, in: source.services, chain: chain + [step])
    var reached = Reached(Diagnostic.Note("\(subject) extends \"\(base)\" here", at: place.range), place.trail)
    return Merger(report: report).merge(reached.node(complete), bare, at: ["services", name])
  }

  /// The services to look for the base in.
  private func source(
    _ written: Node, _ fields: Fields, _ services: Mapping, _ chain: [Step]
  ) -> (path: String, shown: String, services: Mapping)? {
    guard written.mapping != nil, let name = fields.text("file"), !name.isEmpty else {
      return (chain.last?.path ?? "", written.place.origin.file, services)
    }
    let place = fields.place("file")
    guard !StackFiles.isRemote(name) else {
      loader.report.error(
        .unsupported, place, "extends: the file \(name) is remote, which is not supported yet by this version", hint: "fetch it first")
      return nil
    }
    let path = Paths.absolute(name, in: place.origin.directory)
    let file = StackFiles.File(shown: place.origin.shown(path), path: path)
    guard let documents = loader.documents(file, directory: Paths.directory(of: path), environment: place.origin.environment, place: place)
    else { return nil }
    let merger = Merger(report: loader.report)
    let merged = documents.dropFirst().reduce(merger.settled(documents[0])) { merger.merge($0, $1) }
    return (path, file.shown, merged["services"]?.mapping ?? Mapping())
  }
}
