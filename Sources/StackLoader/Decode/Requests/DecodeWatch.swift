import StackModel

extension ServiceDecoder {
  /// `develop.watch`; nil when there is none.
  func watch() -> [WatchRule]? {
    guard let rules = fields.child("develop")?.mappings("watch").compactMap(watchRule), !rules.isEmpty else { return nil }
    return rules
  }

  private func watchRule(_ written: Fields) -> WatchRule? {
    guard let path = written.text("path"), !path.isEmpty else {
      return written.invalid("path", written.node["path"] ?? written.node, "is empty", hint: "name the file or directory to watch")
    }
    guard written.node["action"]?.isNull == false else {
      return written.invalid(
        "action", written.node, "is missing", hint: "there are \(Fields.listed(WatchRule.Action.allCases.map(\.rawValue)))")
    }
    guard let action: WatchRule.Action = written.choice("action") else { return nil }
    if WindowsPath.isOne(path) {
      report.error(.invalidValue, written.place("path"), "\(written.subject): \"\(path)\" is a path of Windows", hint: WindowsPath.hint)
    }
    var rule = WatchRule(path: Paths.absolute(path, in: written.place("path").origin.directory, home: project.home), action: action)
    rule.target = written.text("target")
    rule.ignored = written.texts("ignore", orOne: true)
    rule.included = written.texts("include", orOne: true)
    rule.syncsInitially = written.bool("initial_sync") ?? false
    // Compose's JSON has a command of null where nothing is to be run.
    if let exec = written.child("exec"), exec.node.mapping?.entries.contains(where: { !$0.value.isNull }) ?? false {
      rule.command = hook(exec)
    }
    if [.sync, .syncAndRestart, .syncAndRun].contains(action), rule.target == nil {
      report.error(
        .invalidValue, written.place("action"), "\(written.subject): \(action.rawValue) has no target",
        hint: "target is the path in the container that the files are copied to")
    }
    if action == .syncAndRun, written.node["exec"] == nil {
      report.error(
        .invalidValue, written.place("action"), "\(written.subject): sync+exec has no exec", hint: "add exec: {command: …}")
    }
    if action == .rebuild, node["build"] == nil {
      report.error(
        .conflict, written.place("action"), "\(written.subject): rebuild in a service without build", hint: "add build, or use sync")
    }
    return rule
  }
}
