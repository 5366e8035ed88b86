public import Diagnostics
import StackModel

/// Reads the stack files that a request means, with everything they refer to, into a ``LoadedStack``.
///
/// Reads files and nothing else. Every problem becomes a diagnostic with its place; there is a value when none is an error.
public func loadStack(_ request: LoadRequest, reader: some FileReader = HostFiles()) -> Diagnosed<LoadedStack> {
  let report = Report()
  let loaded = load(request, reader, report)
  return Diagnosed(value: report.hasErrors ? nil : loaded, diagnostics: report.diagnostics)
}

private func load(_ request: LoadRequest, _ reader: some FileReader, _ report: Report) -> LoadedStack? {
  guard let files = StackFiles.find(request, reader: reader, report), !report.hasErrors else { return nil }
  let input = BufferedInput(
    reader: reader, isNeeded: files.files.contains { $0.path == nil }, limit: StackFiles.maximumSize)
  let written = lastName(files, ModelLoader(reader: input, report: Report(), interpolates: false))
  let name = ProjectNameRules(report: report).name(
    given: request.projectName, environment: files.environment, written: written.map { interpolated($0, report) },
    directory: files.projectDirectory)
  guard let name else { return nil }
  var environment = files.environment
  environment["COMPOSE_PROJECT_NAME"] = name

  let loader = ModelLoader(reader: input, report: report, interpolates: request.interpolates)
  var model: Node?
  for file in files.files {
    guard let loaded = loader.load(file, directory: files.projectDirectory, environment: environment) else { return nil }
    let merger = Merger(report: report)
    model = model.map { merger.merge($0, loaded) } ?? merger.settled(loaded)
  }
  guard let model else { return nil }
  KeyCheck(report: report).check(model)
  // A value whose variable is missing would only be found wrong once more.
  guard !report.has(.requiredVariable), !report.has(.interpolation) else { return nil }

  var profiles = Set(request.profiles)
  if profiles.isEmpty, let listed = environment["COMPOSE_PROFILES"] {
    profiles = Set(listed.split(separator: ",").map { String($0.drop { $0 == " " }) })
  }
  // Without interpolation nothing but the text can be shown: what the values mean is not known.
  let decoding = request.interpolates ? report : Report()
  let decoder = StackDecoder(
    model: model, request: request, name: name, directory: files.projectDirectory, files: files.files.map { $0.path ?? "-" },
    activeProfiles: profiles, environment: environment, reader: input, report: decoding)
  let decoded = decoder.decode()
  let stack = request.interpolates ? decoded.stack : Stack(name: ProjectName(name), workingDirectory: files.projectDirectory)
  return LoadedStack(
    stack: stack, values: request.interpolates ? decoded.values : [:], profiles: profiles.sorted(), environment: environment,
    model: request.interpolates ? decoded.model : model, decoded: decoded.stack, interpolates: request.interpolates)
}
