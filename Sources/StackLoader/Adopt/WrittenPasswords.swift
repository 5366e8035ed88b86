/// The services whose environments have passwords written in them (MU0601), by name, and the variables; none when the files have errors.
public func writtenPasswords(_ request: LoadRequest, reader: some FileReader = HostFiles()) -> [(service: String, variables: [String])] {
  guard let loaded = checkStack(request, reader: reader).loaded, loaded.interpolates else { return [] }
  let files = WrittenFiles(loaded.merged)
  let entries = loaded.merged["services"]?.mapping?.entries ?? []
  return entries.compactMap { entry in
    guard request.services.isEmpty || request.services.contains(entry.key), let service = LintedService(entry) else { return nil }
    let variables = writtenPasswords(service, files)
    return variables.isEmpty ? nil : (entry.key, variables)
  }.sorted { $0.service < $1.service }
}

func writtenPasswords(_ service: LintedService, _ files: WrittenFiles) -> [String] {
  files.pairs(service["environment"]).filter { SecretNames.isSecret($0.name) && SecretNames.isWritten($0.written) != nil }.map(\.name)
}
