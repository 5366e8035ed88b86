/// `start`: lets a container that waits run its program.
func startCommand(_ call: Call) throws -> Int32 {
  let words = try Words(call.words, Words.Grammar(), command: "start")
  try words.expect(1, "start")
  let container = try Container.find(root: call.root, id: try words.id("start"))
  let lock = try container.lock()
  defer { withExtendedLifetime(lock) {} }
  switch container.status() {
  case .created: try container.start(try container.configuration(), journal: call.journal)
  case .stopped: throw Failure("cannot start a container that has stopped")
  case .running, .paused: throw Failure("cannot start an already running container")
  case .creating: throw Failure("cannot start a container that is being created")
  }
  return 0
}
