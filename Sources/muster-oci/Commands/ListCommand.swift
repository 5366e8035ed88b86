/// `list`: the containers of this root.
func listCommand(_ call: Call) throws -> Int32 {
  let grammar = Words.Grammar(values: ["format"], switches: ["quiet"], short: ["q": "quiet", "f": "format"])
  let words = try Words(call.words, grammar, command: "list")
  try words.expect(0, "list")
  let states = try Container.all(root: call.root).map { container in
    var state = container.state()
    state.owner = "root"
    return state
  }
  if words.has("quiet") {
    for state in states { print(state.id) }
    return 0
  }
  switch words.last("format") ?? "table" {
  case "json": print(states.isEmpty ? "null" : JSON.line(states))
  case "table":
    let rows =
      [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]]
      + states.map { [$0.id, String($0.pid ?? 0), $0.status.rawValue, $0.bundle, $0.created, $0.owner ?? ""] }
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      print(zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count + 3) }.joined())
    }
  default: throw Failure("list: --format is table or json")
  }
  return 0
}
