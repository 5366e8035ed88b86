import OCI

/// A hash of what makes a service's containers what they are: equal for equal meaning, whatever the form it is written in.
///
/// How many there are, when they start and how their image comes about is not in it. nil: there is no such service.
public func serviceHash(_ name: String, of loaded: LoadedStack) -> String? {
  guard case .map(let top) = Canonical(loaded, format: .json).value(), case .map(let services)? = top["services"],
    case .map(var service)? = services[name]
  else { return nil }
  for key in ["build", "depends_on", "profiles", "pull_policy", "scale"] { service[key] = nil }
  if case .map(var deploy)? = service["deploy"] {
    deploy["replicas"] = nil
    service["deploy"] = .map(deploy)
  }
  var hash = SHA256Hash()
  hash.update(JSONWriter().text(ConfigValue.map(service).sorted).utf8)
  return hash.finish()
}
