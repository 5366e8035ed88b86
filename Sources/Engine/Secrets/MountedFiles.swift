import StackModel

extension ContainerOptions {
  /// Notes what is in the small files below the project's directory that are mounted read-only: configuration, as a rule. Other files of the host
  /// (/etc/localtime, /etc/passwd) change by themselves, and what can be written to is data.
  mutating func noteFiles(below directory: String, _ contents: GrantContents) {
    for index in mounts.indices {
      guard let path = mounts[index].readOnlyFile, path.hasPrefix(directory.hasSuffix("/") ? directory : directory + "/") else { continue }
      mounts[index].fingerprint = contents.fingerprint(ofFile: path)
    }
  }

  /// The same again for those that were noted.
  mutating func noteFilesAgain(_ contents: GrantContents) {
    for index in mounts.indices where mounts[index].fingerprint != nil {
      guard let path = mounts[index].readOnlyFile else { continue }
      mounts[index].fingerprint = contents.fingerprint(ofFile: path)
    }
  }
}

extension Mount {
  fileprivate var readOnlyFile: String? {
    guard isReadOnly, case .bind(let path, _, _) = source else { return nil }
    return path
  }
}

extension GrantContents {
  /// nil: it is no small regular file, cannot be read, or the secrets' store is locked.
  fileprivate func fingerprint(ofFile path: String) -> String? {
    guard let content = try? RegularFile.read(path, limit: Self.limit) else { return nil }
    return try? fingerprint(content, "volumes.\(path)")
  }
}
