import StackModel

/// `[[ADDRESS:]PUBLISHED:]TARGET[/tcp|/udp]` of `run --publish`; no ranges.
func portMapping(_ text: String) throws -> PortMapping {
  let failure = Exit(1, "--publish \(text): write [[ADDRESS:]PORT:]PORT[/udp]")
  let halves = text.split(separator: "/", omittingEmptySubsequences: false)
  guard halves.count <= 2, let transport = PortMapping.Transport(rawValue: halves.count == 2 ? String(halves[1]) : "tcp") else {
    throw failure
  }
  var rest = halves[0]
  func port() -> UInt16? {
    let digits = rest.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    rest = rest.dropLast(digits.count)
    return UInt16(digits).flatMap { $0 == 0 ? nil : $0 }
  }
  guard let target = port() else { throw failure }
  guard rest.last == ":" else {
    if rest.isEmpty { return PortMapping(published: nil, target: target, transport: transport) }
    throw failure
  }
  rest = rest.dropLast()
  guard let published = port() else { throw failure }
  if rest.isEmpty { return PortMapping(published: published, target: target, transport: transport) }
  guard rest.last == ":", rest.count > 1 else { throw failure }
  var address = String(rest.dropLast())
  if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
  return PortMapping(hostAddress: address, published: published, target: target, transport: transport)
}

/// `SOURCE:TARGET[:ro|rw]` of `run --volume`; a source with a slash, or `.`, is a path, another the key of one of the stack's volumes.
func mount(_ text: String, _ stack: Stack) throws -> Mount {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  switch parts.count {
  case 1 where parts[0].hasPrefix("/"): return Mount(source: .anonymousVolume, target: parts[0])
  case 2, 3:
    guard parts[1].hasPrefix("/"), !parts[0].isEmpty, parts.count == 2 || ["ro", "rw"].contains(parts[2]) else { break }
    let isReadOnly = parts.count == 3 && parts[2] == "ro"
    if parts[0].contains("/") || parts[0].hasPrefix(".") {
      let path = parts[0].hasPrefix("/") ? parts[0] : currentDirectory() + "/" + parts[0]
      return Mount(source: .bind(path: path, createsHostPath: true, propagation: nil), target: parts[1], isReadOnly: isReadOnly)
    }
    guard let volume = stack.volumes.values.first(where: { $0.key == parts[0] }) else {
      throw Exit(1, "--volume \(text): the stack declares no volume \"\(parts[0])\"")
    }
    return Mount(source: .volume(volume.name), target: parts[1], isReadOnly: isReadOnly)
  default: break
  }
  throw Exit(1, "--volume \(text): write SOURCE:TARGET[:ro]")
}

/// A command line cut into words as a shell does: quotes and backslashes, nothing else.
func words(_ text: String) throws -> [String] {
  var words: [String] = []
  var word: String?
  var quote: Character?
  var rest = text.makeIterator()
  while let character = rest.next() {
    switch (character, quote) {
    case (let found, let open?) where found == open: quote = nil
    case ("\\", let open) where open != "'":
      guard let next = rest.next() else { throw Exit(1, "\(text): nothing after the last backslash") }
      word = (word ?? "") + (open == "\"" && next != "\"" && next != "\\" ? "\\" : "") + String(next)
    case ("\"", nil), ("'", nil):
      quote = character
      word = word ?? ""
    case (" ", nil), ("\t", nil):
      if let done = word { words.append(done) }
      word = nil
    default: word = (word ?? "") + String(character)
    }
  }
  guard quote == nil else { throw Exit(1, "\(text): a quote is not closed") }
  return words + (word.map { [$0] } ?? [])
}
