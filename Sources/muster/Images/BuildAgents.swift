/// The sockets of the agents that `--ssh` names: `default`, which is that of `SSH_AUTH_SOCK`, or `ID=SOCKET`.
func buildAgents(_ texts: [String], _ context: Context) throws -> [String: String] {
  var agents: [String: String] = [:]
  for text in texts {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard !parts[0].isEmpty else { throw Exit(1, "--ssh \(text): write default, or ID=SOCKET") }
    if parts.count == 2, !parts[1].isEmpty {
      agents[parts[0]] = absolutePath(parts[1])
    } else if let socket = context.environment["SSH_AUTH_SOCK"], !socket.isEmpty {
      agents[parts[0]] = socket
    } else {
      throw Exit(1, "--ssh \(text): there is no SSH agent: SSH_AUTH_SOCK is not set\n  hint: eval $(ssh-agent); ssh-add")
    }
  }
  return agents
}
