/// Which files make the stack, and with which environment.
struct StackFiles {
  struct File {
    /// As the user knows it, for diagnostics.
    var shown: String
    /// Absolute; nil for standard input.
    var path: String?
  }
  var files: [File]
  var projectDirectory: String
  /// The shell's variables over those of the environment files.
  var environment: Variables

  /// Bytes of one stack file.
  static let maximumSize = 8 << 20
  static let defaultNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
  static let overrideNames = [
    "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml",
  ]

  /// nil, with an error reported, when there is no file.
  static func find(_ request: LoadRequest, reader: some FileReader, _ report: Report) -> StackFiles? {
    var variables = EnvironmentFiles(request: request, reader: reader, report: report)
    let given = request.projectDirectory.map { Paths.absolute($0, in: request.currentDirectory) }
    let start = given ?? request.currentDirectory
    variables.read(in: environmentDirectory(request))

    var names = request.files
    if names.isEmpty, let listed = variables.environment["COMPOSE_FILE"], !listed.isEmpty {
      let separator = variables.environment["COMPOSE_PATH_SEPARATOR"].flatMap { $0.isEmpty ? nil : $0 } ?? ":"
      names = listed.split(separator: separator).map(String.init)
    }
    let files: [File]
    if names.isEmpty {
      guard let found = discover(from: start, reader, report) else { return nil }
      files = found.map { File(shown: shown($0, request), path: $0) }
    } else {
      files = names.map {
        $0 == "-" ? File(shown: "<stdin>", path: nil) : File(shown: $0, path: Paths.absolute($0, in: request.currentDirectory))
      }
    }
    for file in files where file.path != nil && isRemote(file.shown) {
      report.error(
        .unsupported, nil, "the stack file \(file.shown) is remote, which is not supported yet by this version", hint: "fetch it first")
      return nil
    }
    let directory = given ?? files.lazy.compactMap(\.path).first.map(Paths.directory) ?? request.currentDirectory
    // Files found above or named by a variable bring their own directory's variables, below those that are here.
    if directory != environmentDirectory(request) { variables.read(in: directory) }
    return StackFiles(files: files, projectDirectory: directory, environment: variables.environment)
  }

  /// Where `.env` is looked for before it is known which files make the stack.
  static func environmentDirectory(_ request: LoadRequest) -> String {
    if let given = request.projectDirectory { return Paths.absolute(given, in: request.currentDirectory) }
    let named = request.files.first { $0 != "-" }.map { Paths.directory(of: Paths.absolute($0, in: request.currentDirectory)) }
    return named ?? Paths.clean(request.currentDirectory)
  }

  /// `oci://…`, `https://…`, `git@…`.
  static func isRemote(_ path: String) -> Bool { path.contains("://") || path.hasPrefix("git@") || path.hasPrefix("github.com/") }

  private static func shown(_ path: String, _ request: LoadRequest) -> String {
    Paths.directory(of: path) == Paths.clean(request.currentDirectory) ? Paths.name(of: path) : path
  }

  /// The first default file in the directory or above it, and the override beside it.
  private static func discover(from start: String, _ reader: some FileReader, _ report: Report) -> [String]? {
    var directory = Paths.clean(start)
    while true {
      let present = defaultNames.map { Paths.absolute($0, in: directory) }.filter(reader.hasFile)
      if let first = present.first {
        if present.count > 1 {
          report.warning(
            .noFile, nil, "there are several stack files in \(directory): \(present.map(Paths.name).joined(separator: ", "))",
            hint: "\(Paths.name(of: first)) is used; name one with -f")
        }
        let overrides = overrideNames.map { Paths.absolute($0, in: directory) }.filter(reader.hasFile)
        return [first] + overrides.prefix(1)
      }
      guard directory != "/" else {
        report.error(
          .noFile, nil, "there is no stack file in \(Paths.clean(start)) or above it",
          hint: "write a compose.yaml, or name a file with -f")
        return nil
      }
      directory = Paths.directory(of: directory)
    }
  }
}
