/// `state`: the container's state as JSON.
func stateCommand(_ call: Call) throws -> Int32 {
  let words = try Words(call.words, Words.Grammar(), command: "state")
  try words.expect(1, "state")
  print(JSON.pretty(try Container.find(root: call.root, id: try words.id("state")).state()))
  return 0
}
