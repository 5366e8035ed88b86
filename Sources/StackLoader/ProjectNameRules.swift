public import Diagnostics
public import StackModel

/// Where a project's name comes from: `-p`, `COMPOSE_PROJECT_NAME`, the last file's `name:`, the project directory's name.
struct ProjectNameRules {
  let report: Report

  /// `written` is the value of the last `name:`, interpolated.
  func name(given: String?, environment: Variables, written: Node?, directory: String) -> String? {
    let variable = environment["COMPOSE_PROJECT_NAME"].flatMap { $0.isEmpty ? nil : $0 }
    if let given = given.flatMap({ $0.isEmpty ? nil : $0 }) { return checked(given, nil) }
    if let variable { return checked(variable, nil, from: environment.all["COMPOSE_PROJECT_NAME"]) }
    if let written, !written.isNull {
      guard let text = written.text else {
        report.error(.wrongType, written.place, "name must be a string, not \(written.kind)")
        return nil
      }
      if !text.isEmpty { return normalized(text, written.place) }
    }
    let name = Names.project(fromDirectory: Paths.name(of: directory))
    guard !name.isEmpty else {
      report.error(
        .projectName, nil, "the directory \(directory) gives no project name", hint: "give one with -p NAME or name: in the stack file")
      return nil
    }
    return name
  }

  /// A name in a file may be written in any way; one that is given may not.
  private func normalized(_ name: String, _ place: Place) -> String? {
    let normal = Names.project(fromDirectory: name)
    guard normal != name, Names.isProject(normal) else { return checked(name, place) }
    report.warning(
      .projectName, place, "\"\(name)\" is not a project name; the project is called \"\(normal)\"", hint: "write name: \(normal)")
    return normal
  }

  private func checked(_ name: String, _ place: Place?, from variable: Variable? = nil) -> String? {
    if Names.isProject(name) { return name }
    let normal = Names.project(fromDirectory: name)
    let message = "\"\(name)\" is not a project name: it has lower-case letters, digits, '-' and '_', and starts with a letter or digit"
    let hint = normal.isEmpty ? nil : "\"\(normal)\" would be one"
    if case .file(let range)? = variable?.source {
      report.errorWithoutExcerpt(.projectName, range, message, hint: hint)
    } else {
      report.error(.projectName, place, message, hint: hint)
    }
    return nil
  }
}

/// The project's name alone, for commands that work without a stack file when `-p` or `COMPOSE_PROJECT_NAME` names the project.
public func projectName(for request: LoadRequest, reader: some FileReader = HostFiles()) -> Diagnosed<ProjectName> {
  let report = Report()
  let rules = ProjectNameRules(report: report)
  var variables = EnvironmentFiles(request: request, reader: reader, report: report)
  variables.read(in: StackFiles.environmentDirectory(request))
  let isNamed = request.projectName?.isEmpty == false || variables.environment["COMPOSE_PROJECT_NAME"]?.isEmpty == false
  var name: String?
  if isNamed {
    name = rules.name(given: request.projectName, environment: variables.environment, written: nil, directory: "/")
  } else if let files = StackFiles.find(request, reader: reader, report) {
    let written = lastName(
      files, ModelLoader(reader: reader, report: Report(), interpolates: false, currentDirectory: request.currentDirectory))
    name = rules.name(
      given: nil, environment: files.environment, written: written.map { interpolated($0, report) }, directory: files.projectDirectory)
  }
  return Diagnosed(value: report.hasErrors ? nil : name.map { ProjectName($0) }, diagnostics: report.diagnostics)
}

/// Whether there is a stack file where one is looked for, whatever is in it.
public func hasStackFile(for request: LoadRequest, reader: some FileReader = HostFiles()) -> Bool {
  StackFiles.find(request, reader: reader, Report()) != nil
}

/// The last `name:` of the files, as it is written. Whatever is wrong with the files is told about when they are loaded.
func lastName(_ files: StackFiles, _ loader: ModelLoader<some FileReader>) -> Node? {
  var name: Node?
  for file in files.files {
    for document in loader.namesOnly(file, directory: files.projectDirectory, environment: files.environment) {
      name = document["name"] ?? name
    }
  }
  return name
}
