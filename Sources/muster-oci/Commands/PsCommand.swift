import Cgroups
import Glibc
import LinuxKit

/// `ps`: the processes of a container, as JSON or as the machine's ps shows them.
func psCommand(_ call: Call) throws -> Int32 {
  let grammar = Words.Grammar(values: ["format"], short: ["f": "format"], stopsAtWord: true)
  let words = try Words(call.words, grammar, command: "ps")
  let container = try Container.find(root: call.root, id: try words.id("ps"))
  let pids = try container.cgroup().processes()
  switch words.last("format") ?? "table" {
  case "json": print(JSON.line(pids))
  case "table":
    let options = Array(words.plain.dropFirst())
    let lines = try output(of: ["ps"] + (options.isEmpty ? ["-ef"] : options)).split(separator: "\n")
    guard let header = lines.first, let column = header.split(separator: " ").firstIndex(of: "PID") else {
      throw Failure("ps: its output has no column PID")
    }
    print(header)
    for line in lines.dropFirst() {
      let fields = line.split(separator: " ")
      if fields.count > column, let pid = Int32(fields[column]), pids.contains(pid) { print(line) }
    }
  default: throw Failure("ps: --format is table or json")
  }
  return 0
}

private func output(of command: [String]) throws -> String {
  let file = try emptyMemoryFile(name: "ps")
  let arguments = command.map { strdup($0) } + [nil]
  let pid = try Process.fork()
  if pid == 0 {
    dup2(file.number, 1)
    execvp(command[0], arguments)
    _exit(127)
  }
  if let code = try Process.reap(pid, waits: true)?.code, code != 0 {
    throw Failure("\(command.joined(separator: " ")): exit status \(code)")
  }
  lseek(file.number, 0, SEEK_SET)
  return String(decoding: try file.readAll(limit: 16 << 20), as: UTF8.self)
}
