import Diagnostics
import StackModel

/// What whoever adopts a variable is to know: where its value still is, and who used the variable.
struct AdoptionNotes {
  let variable: AdoptedVariable
  let entry: Mapping.Entry
  let before: LoadedStack
  let after: LoadedStack

  var all: [String] { sources + uses + sameValues + exposure }

  /// Variables of `.env` and the shell that gave the value.
  private var sources: [String] {
    func at(_ position: SourceRange.Position) -> (Int, Int) { (position.line, position.column) }
    let (start, end) = (at(entry.keyPlace.start), at(entry.value.place.end))
    var names = before.uses.filter {
      $0.range.file == entry.keyPlace.origin.file && at($0.range.start) >= start && at($0.range.start) <= end
    }.map(\.name)
    if entry.value.isNull { names.append(variable.name) }
    return names.uniqued.compactMap { name -> String? in
      guard let definition = before.variables.all[name] else { return nil }
      let isUsed = after.uses.contains { $0.name == name } || isPassedOn(name)
      switch definition.source {
      case .file(let range):
        return isUsed
          ? "\(range.file):\(range.start.line) still has the value, as \(name), which the stack uses elsewhere"
          : "\(range.file):\(range.start.line) still has the value, as \(name), which nothing in the stack uses any more: remove it there"
      case .shell: return "your shell's environment still has the value, as \(name)"
      case .project: return nil
      }
    }
  }

  /// Whether a service gets the variable by its name alone.
  private func isPassedOn(_ name: String) -> Bool {
    (after.merged["services"]?.mapping?.entries ?? []).contains {
      $0.value["environment"].map(keyed)?.mapping?[entry: name]?.value.isNull ?? false
    }
  }

  /// Commands of the service that read the variable inside the container.
  private var uses: [String] {
    guard let service = before.merged["services"]?[variable.service] else { return [] }
    return ["command", "entrypoint", "healthcheck", "post_start", "pre_stop"].compactMap { key in
      if variable.wrapper != nil, key == "command" || key == "entrypoint" { return nil }
      guard let node = service[key], names(node) else { return nil }
      return "service \"\(variable.service)\": its \(key) uses $\(variable.name), which is empty there now; read the file instead: "
        + "\"$$(cat \(variable.secret.target))\""
    }
  }

  /// Whether a text in it has `$NAME` or `${NAME`, as a shell in the container reads it.
  private func names(_ node: Node) -> Bool {
    switch node.value {
    case .mapping(let mapping): return mapping.entries.contains { names($0.value) }
    case .sequence(let nodes): return nodes.contains(where: names)
    case .string(let text):
      var rest = text[...]
      while let dollar = rest.firstIndex(of: "$") {
        rest = rest[rest.index(after: dollar)...]
        let word = rest.first == "{" ? rest.dropFirst() : rest
        if word.hasPrefix(variable.name), word.utf8.dropFirst(variable.name.utf8.count).first.map({ !isWordByte($0) }) ?? true {
          return true
        }
      }
      return false
    default: return false
    }
  }

  /// The same value in clear elsewhere in the stack.
  private var sameValues: [String] {
    let value = String(decoding: variable.secret.value, as: UTF8.self)
    let services = after.decoded.services.merging(after.decoded.disabledServices) { first, _ in first }
    return services.sorted { $0.key < $1.key }.flatMap { name, service in
      service.options.environment.filter { $0.value == value }.keys.sorted().map {
        "service \"\(name)\" has the same value in its environment, as \($0)"
      }
    }
  }

  /// What a wrapper does not hide.
  private var exposure: [String] {
    guard variable.wrapper != nil else { return [] }
    return [
      "\(variable.name) is an environment variable of the container's program, from its start on: every process there inherits it, root reads it "
        + "in /proc/PID/environ, and a program that tells its environment tells it. It is no longer in the stack file, nor in what the engine keeps. "
        + "The image needs /bin/sh and cat; `muster exec` and health checks do not get the variable, and another value comes with the next start"
    ]
  }
}

extension Array where Element: Hashable {
  /// Without repetitions, in order.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
