import StackModel

/// The name that the container sees as its own, and has in /etc/hostname and `HOSTNAME`: `hostname`, or the host's where its UTS or network namespace is
/// the host's, or that of the container whose network it joins, or the short id.
public func containerHostname(_ inputs: ContainerInputs) -> String {
  if let name = inputs.options.hostname, !name.isEmpty { return name }
  if inputs.options.usesHostUTS || inputs.options.network == .host { return inputs.host.hostname }
  if joinsNetwork(inputs.options), let name = inputs.joinedHostname { return name }
  return inputs.id.short
}

/// Throws what the kernel or the UTS namespace would not take.
func checkNames(_ options: ContainerOptions) throws(SetupError) {
  for (key, name) in [("hostname", options.hostname), ("domainname", options.domainname)] {
    guard let name, !name.isEmpty else { continue }
    if options.usesHostUTS { throw SetupError("\(key): cannot be set with uts: host", hint: "leave out one of them") }
    if name.utf8.count > 64 { throw SetupError("\(key): \"\(name)\" is longer than 64 bytes") }
    let isName = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }
    if !isName { throw SetupError("\(key): \"\(name)\" is not a host name") }
  }
}
