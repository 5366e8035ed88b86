import LinuxKit

/// `create`: makes a container that waits for `start`.
func createCommand(_ call: Call) throws -> Int32 {
  try runSealed()
  let words = try Words(call.words, creationGrammar, command: "create")
  try words.expect(1, "create")
  let creation = try Creation(call, words, command: "create", keepsTerminal: false)
  _ = try creation.run()
  return 0
}

/// Flags of `create` and `run`.
let creationGrammar = Words.Grammar(
  values: ["bundle", "console-socket", "pid-file", "preserve-fds", "pidfd-socket"],
  switches: ["no-pivot", "no-new-keyring", "detach", "keep", "no-subreaper"], short: ["b": "bundle", "d": "detach"])

extension Creation {
  init(_ call: Call, _ words: Words, command: String, keepsTerminal: Bool) throws {
    for name in ["no-pivot", "no-new-keyring"] where words.has(name) { throw Failure("\(command): --\(name) is not supported") }
    if words.last("pidfd-socket") != nil { throw Failure("\(command): --pidfd-socket is not supported") }
    self.init(
      call: call, id: try words.id(command), bundle: try absolutePath(words.last("bundle") ?? "."),
      pidFile: words.last("pid-file").flatMap { $0.isEmpty ? nil : $0 }, preserved: try preservedDescriptors(words),
      console: Console(socket: words.last("console-socket").flatMap { $0.isEmpty ? nil : $0 }, isKept: keepsTerminal))
  }
}
