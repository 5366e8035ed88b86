/// `x-muster.ports_firewall`, and the engine's `--ports-firewall`: which rules decide whether a published port is reached from outside.
public enum PortsFirewall: String, Sendable, Codable, CaseIterable {
  /// The engine's own: what is published is open, whatever the host's rules of what comes in say, as with Docker.
  case bypass
  /// The host's own, as they are for a program of the host that has the port.
  case host
}
