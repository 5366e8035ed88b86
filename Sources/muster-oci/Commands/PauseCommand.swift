import Cgroups
/// `pause`: stops all processes where they are.
func pauseCommand(_ call: Call) throws -> Int32 {
  let words = try Words(call.words, Words.Grammar(), command: "pause")
  try words.expect(1, "pause")
  let container = try Container.find(root: call.root, id: try words.id("pause"))
  switch container.status() {
  case .running, .created: try container.cgroup().freeze()
  default: throw Failure("container not running")
  }
  return 0
}

/// `resume`: lets them go on.
func resumeCommand(_ call: Call) throws -> Int32 {
  let words = try Words(call.words, Words.Grammar(), command: "resume")
  try words.expect(1, "resume")
  let container = try Container.find(root: call.root, id: try words.id("resume"))
  let group = try container.cgroup()
  guard group.isFrozen else { throw Failure("container not paused") }
  try group.thaw()
  return 0
}
