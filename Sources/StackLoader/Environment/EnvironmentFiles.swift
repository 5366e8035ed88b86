/// The environment that interpolation sees: the shell's variables, then those of `--env-file`s, `COMPOSE_ENV_FILES` or `.env`.
struct EnvironmentFiles<Reader: FileReader> {
  private(set) var environment: Variables
  private let request: LoadRequest
  private let reader: Reader
  private let report: Report
  private var hasReadGiven = false

  init(request: LoadRequest, reader: Reader, report: Report) {
    environment = Variables(shell: request.environment)
    self.request = request
    self.reader = reader
    self.report = report
  }

  /// Reads the given files, once, or the directory's `.env`. What is set already stays.
  mutating func read(in directory: String) {
    var given = request.envFiles
    if given.isEmpty, let listed = request.environment["COMPOSE_ENV_FILES"], !listed.isEmpty {
      given = listed.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
    guard given.isEmpty else {
      guard !hasReadGiven else { return }
      hasReadGiven = true
      var merged = Variables()
      for path in given {
        merge(path, Paths.absolute(path, in: request.currentDirectory), isRequired: true, into: &merged)
      }
      environment.add(below: merged)
      return
    }
    if let disabled = request.environment["COMPOSE_DISABLE_ENV_FILE"], Values.bool(disabled) == true { return }
    let path = Paths.absolute(".env", in: directory)
    var merged = Variables()
    merge(Paths.shown(path, from: request.currentDirectory), path, isRequired: false, into: &merged)
    environment.add(below: merged)
  }

  /// A later file's variables replace an earlier one's.
  private func merge(_ shown: String, _ path: String, isRequired: Bool, into merged: inout Variables) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try reader.read(path, limit: ServiceEnvironment<Reader>.maximumSize)
    } catch {
      guard isRequired || error != .missing && error != .notRegular else { return }
      report.error(.unreadableFile, nil, "cannot read the environment file \(path): \(error)")
      return
    }
    let shell = environment
    let earlier = merged
    guard let variables = parseEnvironmentFile(bytes, shown: shown, place: nil, lookup: { shell[$0] ?? earlier[$0] }, report) else {
      return
    }
    merged.add(over: variables)
  }
}
