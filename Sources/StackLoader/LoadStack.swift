public import Diagnostics
import StackModel

/// Reads the stack files that a request means, with everything they refer to, into a ``LoadedStack``.
///
/// Reads files and nothing else. Every problem becomes a diagnostic with its place; there is a value when the files are right. What is
/// right and cannot be honoured is a diagnostic with a ``Finding`` beside the value: an error among those is for whoever runs the stack.
public func loadStack(_ request: LoadRequest, reader: some FileReader = HostFiles()) -> Diagnosed<LoadedStack> {
  let report = Report()
  let loaded = load(request, reader, report)
  return Diagnosed(value: report.hasErrors ? nil : loaded, diagnostics: report.diagnostics)
}

/// Whether the project has its name whatever the files say.
private func isNamed(_ request: LoadRequest, _ environment: Variables) -> Bool {
  request.projectName?.isEmpty == false || environment["COMPOSE_PROJECT_NAME"]?.isEmpty == false
}

/// What there is of the stack, right or not; what is wrong is in the report.
func load(_ request: LoadRequest, _ reader: some FileReader, _ report: Report) -> LoadedStack? {
  guard let files = StackFiles.find(request, reader: reader, report), !report.hasErrors else { return nil }
  let input = BufferedInput(
    reader: reader, isNeeded: files.files.contains { $0.path == nil }, limit: StackFiles.maximumSize)
  let written =
    isNamed(request, files.environment)
    ? nil
    : lastName(
      files, ModelLoader(reader: input, report: Report(), interpolates: false, currentDirectory: request.currentDirectory))
  let name = ProjectNameRules(report: report).name(
    given: request.projectName, environment: files.environment, written: written.map { interpolated($0, report) },
    directory: files.projectDirectory)
  guard let name else { return nil }
  var environment = files.environment
  if environment["COMPOSE_PROJECT_NAME"] != name { environment.set("COMPOSE_PROJECT_NAME", name, from: .project) }

  let loader = ModelLoader(reader: input, report: report, interpolates: request.interpolates, currentDirectory: request.currentDirectory)
  var model: Node?
  for file in files.files {
    guard let loaded = loader.load(file, directory: files.projectDirectory, environment: environment) else { return nil }
    let merger = Merger(report: report)
    model = model.map { merger.merge($0, loaded) } ?? merger.settled(loaded)
  }
  guard var model else { return nil }
  model = Unique(report: report).enforced(model)
  KeyCheck(report: report, interpolates: request.interpolates).check(model)
  // A value whose variable is missing would only be found wrong once more.
  guard !report.has(.requiredVariable), !report.has(.interpolation) else { return nil }

  var profiles = Set(request.profiles)
  if profiles.isEmpty, let listed = environment["COMPOSE_PROFILES"] {
    profiles = Set(listed.split(separator: ",").map { String($0.drop { $0 == " " }) })
  }
  // Without interpolation nothing but the text can be shown: what the values mean is not known.
  let decoding = request.interpolates && request.checksConsistency ? report : Report()
  let decoder = StackDecoder(
    model: model, request: request, name: name, directory: files.projectDirectory, files: files.files.map { $0.path ?? "-" },
    activeProfiles: profiles, environment: environment.values, reader: input, report: decoding)
  let decoded = decoder.decode()
  let stack = request.interpolates ? decoded.stack : Stack(name: ProjectName(name), workingDirectory: files.projectDirectory)
  return LoadedStack(
    stack: stack, values: request.interpolates ? decoded.values : [:], profiles: profiles.sorted(), environment: environment.values,
    model: request.interpolates ? decoded.model : model, decoded: decoded.stack, interpolates: request.interpolates, variables: environment,
    uses: report.uses, merged: model)
}
