import StackModel

/// `extra_hosts`: lists of `name=address` or `name:address`, and mappings to one or several addresses.
func extraHosts(_ fields: Fields) -> [ExtraHost] {
  guard let written = fields.node["extra_hosts"], !written.isNull else { return [] }
  var hosts: [ExtraHost] = []
  func add(_ name: String, _ text: String, _ place: Place) {
    var address = text
    if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
    guard Names.isHost(name), address == "host-gateway" || isAddress(address) else {
      fields.report.error(
        .invalidValue, place, "\(fields.subject): extra_hosts has \"\(text)\" as the address of \"\(name)\"",
        hint: "write it as NAME=ADDRESS")
      return
    }
    let host = ExtraHost(name: name, address: address)
    if !hosts.contains(host) { hosts.append(host) }
  }
  if let mapping = written.mapping {
    for entry in mapping.entries {
      for item in entry.value.sequence ?? [entry.value] where !item.isNull || entry.value.sequence != nil {
        if let text = item.text { add(entry.key, text, item.place) } else { fields.mistyped("extra_hosts", item, "a string") }
      }
      // A list that merging made a mapping: `name:address` without a value.
      if entry.value.isNull { addText(entry.key, entry.keyPlace) }
    }
    return hosts
  }
  func addText(_ text: String, _ place: Place) {
    let separator = text.firstIndex(of: "=") ?? text.firstIndex(of: ":")
    guard let separator else { return add(text, "", place) }
    add(String(text[..<separator]), String(text[text.index(after: separator)...]), place)
  }
  for item in fields.items("extra_hosts") {
    if let text = item.text { addText(text, item.place) } else { fields.mistyped("extra_hosts", item, "a list of strings") }
  }
  return hosts
}
