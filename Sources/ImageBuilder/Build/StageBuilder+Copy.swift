import ImageStore
import LinuxKit
import OCI
import PathPatterns
import StackModel

extension StageBuilder {
  /// `COPY` and `ADD`
  mutating func copy(_ instruction: Instruction) async throws {
    guard case .words(let words) = instruction.body else { return }
    guard let remote = try await fetchRemote(words, instruction) else { return try await copy(words, instruction, remote: nil) }
    do {
      try await copy(words, instruction, remote: remote)
      try await builder.store.discard(remote.workspace)
    } catch {
      try? await builder.store.discard(remote.workspace)
      throw error
    }
  }

  private mutating func copy(_ words: [String], _ instruction: Instruction, remote: RemoteSources?) async throws {
    guard let last = words.last else { return }
    let source = if let remote { remote.source } else { try await source(of: instruction) }
    var order = CopyOrder(sources: [], destination: "", isDirectory: false, unpacks: instruction.keyword == .add && remote == nil)
    let destination = try expand(last, instruction)
    order.destination = state.absolute(destination)
    order.isDirectory = destination.hasSuffix("/") || destination == "." || destination.hasSuffix("/.")
    let keepsParents = instruction.isSet("parents")
    // A layer of its own, which is the same whatever is below it.
    let isAlone = instruction.isSet("link")
    if keepsParents { (order.isDirectory, order.dropped) = (true, []) }
    order.excluded = try excluded(by: instruction)
    let names = words.dropLast()
    var documents = instruction.heredocs[...]
    order.sources = remote?.paths ?? []
    for word in names where remote == nil {
      if word.drop(while: \.isNumber).hasPrefix("<<"), let document = documents.popFirst() {
        order.documents.append((document.name, document.isExpanded ? try expandDocument(document.content, instruction) : document.content))
        continue
      }
      let text = try expand(word, instruction)
      try refuseRemote(text, instruction)
      let found = try find(text, in: source, instruction, isDeep: keepsParents)
      order.sources += found
      if keepsParents { order.dropped? += found.map { min(pivot(in: text), $0.count) } }
    }
    if names.count > 1 || order.sources.count > 1, !order.isDirectory {
      throw DockerfileError(
        instruction.range, "\(instruction.keyword.rawValue) has more than one source, so the destination must be a directory",
        hint: "end it with a /")
    }
    order.permissions = try instruction.flag("chmod").map { try permissions($0, instruction) }
    let owner = try instruction.flag("chown").map { try expand($0.value, instruction) }
    if let owner {
      let root = try await builder.store.view(state.layers)
      do { order.owner = try AccountNames.owner(owner, in: root) } catch { throw DockerfileError(instruction.range, "\(error)") }
    }

    let work = begin(instruction.text)
    let (finished, range) = (order, instruction.range)
    func located<Value>(_ body: () async throws -> Value) async throws -> Value {
      do { return try await body() } catch let error as BuildError { throw DockerfileError(range, error.message, hint: error.hint) }
    }
    let content = try await located { try await onThread { try Copier.digest(of: finished, from: source, $0) } }
    let below = isAlone ? [] : state.layers
    func key(_ content: Digest) -> Digest {
      var key = CacheKey(finished.unpacks ? "add" : "copy", below: below)
      key.fields([
        content.hex, finished.destination, "\(finished.isDirectory)", "\(finished.sources.count)",
        finished.permissions.map { "\($0)" } ?? "",
      ])
      key.field(finished.owner.map { "\($0.uid):\($0.gid)" } ?? "")
      if isAlone { key.field("link") }
      return key.digest
    }
    try await layer(key: key(content), history: instruction.text, work: work, isAlone: isAlone) { overlay in
      try await located {
        key(try await onThread { try Copier(into: overlay.view(), from: source, finished, $0).run() })
      }
    }
  }

  /// `WORKDIR`: the directory is made when it is missing.
  mutating func changeDirectory(_ instruction: Instruction) async throws {
    guard case .text(let text) = instruction.body else { return }
    let path = state.absolute(try expand(text, instruction))
    state.execution.workingDir = path
    var key = CacheKey("workdir", below: state.layers)
    key.field(path)
    let work = begin(instruction.text)
    let (digest, range) = (key.digest, instruction.range)
    try await layer(key: digest, history: "WORKDIR \(path)", work: work) { overlay in
      do {
        try await onThread { _ in
          let root = try overlay.view()
          try root.makeDirectories(path)
        }
      } catch let error as KernelError { throw DockerfileError(range, "cannot make the directory \(path): \(error.reason)") }
      return digest
    }
  }

  /// Where `--from` says, else the build context.
  private func source(of instruction: Instruction) async throws -> SourceRoot {
    guard let flag = instruction.flag("from") else { return context.source }
    return try await source(named: flag)
  }

  /// An additional context, an earlier stage or an image of this machine.
  func source(named flag: Instruction.Flag) async throws -> SourceRoot {
    switch plan.contexts[flag.value] {
    case .directory(let path)?:
      do { return try BuildContext.source(path, name: "the additional context \(flag.value)") } catch let error as BuildError {
        throw DockerfileError(flag.range, error.message, hint: error.hint)
      }
    case .image(let image)?:
      var other = flag
      other.value = image
      return try await self.image(named: other)
    case .remote?:
      // Those that the Dockerfile itself names have been fetched by now.
      throw DockerfileError(flag.range, "an ONBUILD of a base image cannot take files from the git repository \(flag.value)")
    default: break
    }
    if let index = BuildPlan.find(flag.value, in: plan.stages[..<stage.index]), let other = built[index] {
      return SourceRoot(try await builder.store.view(other.layers), keepsOwner: true, name: "the stage \(plan.stages[index].title)")
    }
    return try await image(named: flag)
  }

  private func image(named flag: Instruction.Flag) async throws -> SourceRoot {
    do {
      let reference = try ImageReference(flag.value)
      let image = try await builder.image(reference, at: flag.range)
      return SourceRoot(try await builder.store.view(image.config.rootfs.diffIDs), keepsOwner: true, name: "the image \(reference)")
    } catch let error as ImageReferenceError {
      throw DockerfileError(flag.range, "--from=\(flag.value) is neither an earlier stage nor an image: \(error.reason)")
    }
  }

  private func excluded(by instruction: Instruction) throws -> IgnoreRules {
    let patterns = try instruction.flags.filter { $0.name == "exclude" }.map { try expand($0.value, instruction) }
    do { return try IgnoreRules(patterns, of: "--exclude") } catch {
      throw DockerfileError(instruction.flag("exclude")?.range ?? instruction.range, error.description)
    }
  }

  /// How many names stand before the `/./` that says from where on `--parents` keeps them.
  private func pivot(in text: String) -> Int {
    let parts = text.split(separator: "/")
    return parts.dropFirst().firstIndex(of: ".").map { parts[..<$0].count { $0 != "." } } ?? 0
  }

  private func find(_ text: String, in source: SourceRoot, _ instruction: Instruction, isDeep: Bool) throws -> [[[UInt8]]] {
    let found: [[[UInt8]]]
    do { found = try source.find(text, isDeep: isDeep) } catch let error as BuildError {
      throw DockerfileError(instruction.range, error.message, hint: error.hint)
    }
    guard !found.isEmpty else { throw DockerfileError(instruction.range, "\"\(text)\" is not in \(source.name)") }
    return found
  }

  private func expandDocument(_ text: String, _ instruction: Instruction) throws -> String {
    let variables = state.variables()
    do { return try Expansion.document(text, escape: escape) { variables[$0] } } catch {
      throw DockerfileError(instruction.range, error.message)
    }
  }

  private func refuseRemote(_ text: String, _ instruction: Instruction) throws {
    guard instruction.keyword == .add else { return }
    if text.lowercased().hasPrefix("ftp://") {
      throw DockerfileError(
        instruction.range,
        "ADD of \(text.prefix(200)): this builder adds files of the build context, of http:// and https://, and of git repositories",
        hint: "fetch it in a RUN")
    }
  }

  private func permissions(_ flag: Instruction.Flag, _ instruction: Instruction) throws -> UInt32 {
    let text = try expand(flag.value, instruction)
    guard let value = UInt32(text, radix: 8), value <= 0o7777 else {
      throw DockerfileError(flag.range, "--chmod takes an octal mode such as 0755, not '\(text)'")
    }
    return value
  }
}
