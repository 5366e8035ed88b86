import Diagnostics
import ImageStore
import LinuxKit
import OCI
import StackModel

/// What an ADD fetched, in a directory that goes when the ADD is done.
struct RemoteSources: Sendable {
  var source: SourceRoot
  var paths: [[[UInt8]]]
  var workspace: ImageStore.Workspace
}

extension StageBuilder {
  /// Fetches what an ADD names on the web; nil: it names nothing there.
  ///
  /// The name at the destination is the address's last one; `--checksum` is what the content must be.
  mutating func fetchRemote(_ words: [String], _ instruction: Instruction) async throws -> RemoteSources? {
    let checksum = instruction.flag("checksum")
    let addresses = instruction.keyword == .add ? try words.dropLast().map { try expand($0, instruction) } : []
    let remote = addresses.filter { Self.isOnTheWeb($0) || GitSource($0) != nil }
    guard !remote.isEmpty else {
      if let checksum { throw DockerfileError(checksum.range, "--checksum is for files of http:// and https:// alone") }
      return nil
    }
    guard remote.count == addresses.count else {
      throw DockerfileError(instruction.range, "ADD has files of the web and of the build context", hint: "write an ADD for each")
    }
    let isRepository = remote.contains { GitSource($0) != nil }
    if isRepository, let checksum { throw DockerfileError(checksum.range, "--checksum is for files of http:// and https:// alone") }
    if !isRepository, instruction.isSet("keep-git-dir") {
      throw DockerfileError(instruction.range, "--keep-git-dir is for git repositories alone")
    }
    let wanted = try checksum.map { flag in
      let text = try expand(flag.value, instruction)
      guard let digest = Digest(text) else { throw DockerfileError(flag.range, "--checksum takes sha256:…, not '\(text.prefix(100))'") }
      guard remote.count == 1 else { throw DockerfileError(flag.range, "--checksum is for one file") }
      return digest
    }
    let destination = words.last.map { $0.hasSuffix("/") } ?? false
    let store = builder.store
    let workspace = try store.makeWorkspace()
    do {
      var paths: [[[UInt8]]] = []
      for (index, address) in remote.enumerated() {
        if let source = GitSource(address) {
          let path = try await fetch(source, to: "\(workspace.path)/\(index)", instruction)
          paths.append(path.split(separator: "/").dropFirst(workspace.path.split(separator: "/").count).map { Array($0.utf8) })
          continue
        }
        let name = try Self.name(of: address, isNeeded: destination || remote.count > 1, instruction)
        let directory = "\(workspace.path)/\(index)"
        try makeDirectories(directory, mode: 0o700)
        let work = progress.begin(address)
        do {
          let file = try await RemoteFile.fetch(address, to: directory + "/" + name)
          if let wanted, file.digest != wanted {
            throw DockerfileError(instruction.range, "\(address) is \(file.digest), not \(wanted) as --checksum says")
          }
          work.note("transferring \(file.size)B")
          work.done()
        } catch let error as RegistryError {
          work.failed(error.message)
          throw DockerfileError(instruction.range, error.message, hint: error.hint)
        } catch {
          work.failed("\(error)")
          throw error
        }
        paths.append([Array("\(index)".utf8), Array(name.utf8)])
      }
      let root = SourceRoot(try RootedDirectory(path: workspace.path), keepsOwner: false, name: "what was fetched")
      return RemoteSources(source: root, paths: paths, workspace: workspace)
    } catch {
      try? await store.discard(workspace)
      throw error
    }
  }

  static func isOnTheWeb(_ text: String) -> Bool {
    let lower = text.lowercased()
    return (lower.hasPrefix("http://") || lower.hasPrefix("https://")) && GitSource(text) == nil
  }

  private func fetch(_ source: GitSource, to place: String, _ instruction: Instruction) async throws -> String {
    let fetch = GitFetch(source: source, keepsHistory: instruction.isSet("keep-git-dir"), agent: spec.options?.agents?["default"])
    do {
      return try await fetch.run(into: place, progress)
    } catch let error as BuildError { throw DockerfileError(instruction.range, error.message, hint: error.hint) }
  }

  /// The last name of an address's path, without query and fragment.
  private static func name(of address: String, isNeeded: Bool, _ instruction: Instruction) throws -> String {
    let path = address.prefix { $0 != "?" && $0 != "#" }.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
    let name = path.last.map(String.init) ?? ""
    if !name.isEmpty, name != ".", name != ".." { return name }
    guard isNeeded else { return "download" }
    throw DockerfileError(
      instruction.range, "ADD \(address.prefix(200)) has no name of its own for the directory that it goes to",
      hint: "name the file at the destination")
  }
}
