public import Backend
import Cgroups
import Glibc
import ImageStore
import LinuxKit
import StackModel

extension LocalBackend {
  public func processes(of name: String, _ options: [String]) async throws -> ProcessList {
    let container = try await container(matching: name)
    guard let cgroup = await container.running?.cgroup else { throw await container.notRunning() }
    let pids = Set(try cgroup.processes())
    if options.isEmpty || options == ["-ef"] {
      return try await onThread { _ in ProcessList(titles: ProcessRow.titles, processes: ProcessRow.all(of: pids).map(\.words)) }
    }
    return try await onThread { _ in try listed(by: options, pids) }
  }
}

/// What the machine's `ps` says of some processes.
private func listed(by options: [String], _ pids: Set<Int32>) throws -> ProcessList {
  for option in options where option.utf8.contains(0) { throw EngineError(.invalid, "an option of ps has a NUL") }
  let places = ["/bin/ps", "/usr/bin/ps"]
  guard let program = places.first(where: { access($0, X_OK) == 0 }) else {
    throw EngineError(
      .unavailable, "this machine has no ps, which knows the options \(options.joined(separator: " "))", hint: "leave them out")
  }
  let nothing = try Descriptor.open("/dev/null", O_RDONLY)
  func ask(_ arguments: [String]) throws -> ProgramOutput {
    try ProgramOutput.of(
      [program] + arguments, environment: ["COLUMNS": "1000", "LC_ALL": "C"], input: nothing, limit: 16 << 20, seconds: 20)
  }
  // Only these, where the options let it be said.
  var done = try ask(options + ["-q", pids.sorted().map(String.init).joined(separator: ",")])
  if done.code != 0 { done = try ask(options) }
  guard done.code == 0 else {
    throw EngineError(.invalid, "ps: " + String(decoding: done.errors, as: UTF8.self).split(separator: "\n").prefix(1).joined())
  }
  let lines = String(decoding: done.output, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  guard let titles = lines.first, let place = titles.firstIndex(of: "PID") else {
    throw EngineError(.invalid, "Couldn't find PID field in ps output", hint: "let ps print the pid, with -o pid,…")
  }
  var rows: [[String]] = []
  for words in lines.dropFirst() where words.count > place {
    // `-` continues a process's line, as threads do.
    guard let pid = Int32(words[place]) else { continue }
    guard pids.contains(pid) else { continue }
    let last = words.dropFirst(titles.count - 1).joined(separator: " ")
    rows.append(Array(words.prefix(titles.count - 1)) + (words.count >= titles.count ? [last] : []))
  }
  return ProcessList(titles: titles, processes: rows)
}
