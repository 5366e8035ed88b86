public import Diagnostics
import StackModel

/// Whether the files and variables that the stack's secrets and configs come from are there, before anything is started.
///
/// Loading does not ask, since `down` and `ps` work without them.
public func checkContents(_ loaded: LoadedStack, reader: some FileReader = HostFiles()) -> [Diagnostic] {
  let report = Report()
  let secrets = loaded.stack.secrets.map { ("secrets", $0.key.rawValue, $0.value) }
  let configs = loaded.stack.configs.map { ("configs", $0.key.rawValue, $0.value) }
  for (section, key, source) in (secrets + configs).sorted(by: { ($0.0, $0.1) < ($1.0, $1.1) }) {
    let subject = "\(section.dropLast()) \"\(key)\""
    let declared = loaded.model[section]?[key]
    switch source.origin {
    case .file(let path) where !reader.hasFile(path):
      report.error(
        .missingContent, declared?["file"]?.place, "\(subject): there is no file \(path)", hint: "make the file, or correct its path")
    // Without a name the content is kept elsewhere, which a finding tells about.
    case .environment(let name) where !name.isEmpty && loaded.values["\(section).\(key)"] == nil:
      report.error(
        .missingContent, declared?["environment"]?.place, "\(subject): the variable \(name) is not set",
        hint: "set it before running the command")
    default: break
    }
  }
  return report.diagnostics
}
