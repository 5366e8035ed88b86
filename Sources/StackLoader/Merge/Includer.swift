import Diagnostics

/// Does `include`: other stacks' files, each with its own directory and environment, below what the including file says.
struct Includer<Reader: FileReader> {
  let loader: ModelLoader<Reader>
  let environment: Variables
  /// The files that are being included, outermost first.
  let including: [String]

  private static var maximumDepth: Int { 30 }

  func resolve(_ model: Node) -> Node {
    guard var sections = model.mapping, let written = sections["include"] else { return model }
    sections[entry: "include"] = nil
    var own = model
    own.value = .mapping(sections)
    guard !written.isNull else { return own }
    KeyCheck(report: loader.report, interpolates: loader.interpolates).check(written, at: ["include"])
    guard let items = written.sequence else {
      loader.report.error(
        .include, written.place, "include must be a list of files, not \(written.kind)", hint: written.text.map { "write include: [\($0)]" }
      )
      return own
    }
    var included: Node?
    for item in items {
      guard let model = self.included(item) else { continue }
      included = included.map { union($0, model) } ?? model
    }
    return included.map { Merger(report: loader.report).merge($0, own) } ?? own
  }

  private func included(_ item: Node) -> Node? {
    let report = loader.report
    let fields = Fields(node: item, subject: "include", report: report)
    let paths = item.text != nil ? [item] : item.mapping != nil ? fields.items("path", orOne: true) : []
    guard let first = paths.first?.text, paths.allSatisfy({ $0.text != nil }) else {
      report.error(.include, item.place, "include: an entry must be a path, or a mapping with a path")
      return nil
    }
    guard including.count <= Self.maximumDepth else {
      report.error(.limit, item.place, "files include each other more than \(Self.maximumDepth) levels deep")
      return nil
    }
    let base = item.place.origin.directory
    let directory =
      (item.mapping != nil ? fields.text("project_directory") : nil).map { Paths.absolute($0, in: base) }
      ?? Paths.directory(of: Paths.absolute(first, in: base))
    let environment = environment(fields, item, directory)
    var model: Node?
    for path in paths {
      guard let text = path.text else { continue }
      guard !StackFiles.isRemote(text) else {
        report.error(
          .unsupported, path.place, "include: the file \(text) is remote, which is not supported yet by this version",
          hint: "fetch it first")
        continue
      }
      let absolute = Paths.absolute(text, in: base)
      if let start = including.firstIndex(of: absolute) {
        let circle = (including[start...] + [absolute]).map(Paths.name).joined(separator: " → ")
        report.error(.cycle, path.place, "files include each other: \(circle)", hint: "remove one of these includes")
        return nil
      }
      let file = StackFiles.File(shown: path.place.origin.shown(absolute), path: absolute)
      guard let loaded = loader.load(file, directory: directory, environment: environment, place: path.place, including: including),
        loader.spend(on: loaded, path.place)
      else { continue }
      let merger = Merger(report: report)
      var reached = Reached(Diagnostic.Note("included here", at: path.place.range), path.place.trail)
      let here = reached.node(loaded)
      model = model.map { merger.merge($0, here) } ?? merger.settled(here)
    }
    // The stack's name is the including file's business.
    guard var sections = model?.mapping else { return model }
    sections[entry: "name"] = nil
    model?.value = .mapping(sections)
    return model
  }

  /// The including file's variables over those of the included stack's own environment files.
  private func environment(_ fields: Fields, _ item: Node, _ directory: String) -> Variables {
    let given = item.mapping != nil ? fields.items("env_file", orOne: true) : []
    let isGiven = item.mapping != nil && item["env_file"] != nil
    var merged = Variables()
    let files =
      isGiven
      ? given.compactMap { node in node.text.map { (Paths.absolute($0, in: item.place.origin.directory), node.place) } }
      : [(Paths.absolute(".env", in: directory), item.place)]
    for (path, place) in files {
      do throws(FileError) {
        let bytes = try loader.reader.read(path, limit: ServiceEnvironment<Reader>.maximumSize)
        let earlier = merged
        let outer = self.environment
        let variables = parseEnvironmentFile(
          bytes, shown: place.origin.shown(path), place: place, lookup: { outer[$0] ?? earlier[$0] }, loader.report)
        merged.add(over: variables ?? Variables())
      } catch {
        guard isGiven || error != .missing && error != .notRegular else { continue }
        loader.report.error(.unreadableFile, place, "include: cannot read the environment file \(path): \(error)")
      }
    }
    var environment = self.environment
    environment.add(below: merged)
    return environment
  }

  /// Two included stacks side by side: what both declare must be the same.
  private func union(_ first: Node, _ second: Node) -> Node {
    guard var sections = first.mapping, let others = second.mapping else { return first }
    for section in others.entries {
      guard let mine = sections[section.key] else {
        sections[entry: section.key] = section
        continue
      }
      guard var declared = mine.mapping, let more = section.value.mapping, !section.key.hasPrefix("x-") else { continue }
      for entry in more.entries {
        if let before = declared[entry: entry.key], !isSame(before.value, entry.value) {
          loader.report.error(
            .include, entry.keyPlace,
            "\(section.key).\(entry.key) is also declared in \(before.keyPlace.range), differently", hint: "rename one of them")
        } else {
          declared[entry: entry.key] = entry
        }
      }
      sections.set(section.key, mine.with(.mapping(declared)))
    }
    var union = first
    union.value = .mapping(sections)
    return union
  }

  /// Equal up to the order of keys, wherever they are written.
  private func isSame(_ first: Node, _ second: Node) -> Bool {
    switch (first.value, second.value) {
    case (.mapping(let one), .mapping(let other)):
      one.entries.count == other.entries.count
        && one.entries.allSatisfy { entry in other[entry.key].map { isSame(entry.value, $0) } ?? false }
    case (.sequence(let one), .sequence(let other)):
      one.count == other.count && zip(one, other).allSatisfy { isSame($0, $1) }
    default: first.text == second.text && first.kind == second.kind && first.place.origin.directory == second.place.origin.directory
    }
  }
}
