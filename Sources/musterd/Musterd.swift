import ArgumentParser
import Backend

/// The engine's program: one a machine (a root directory). Commands start it when it does not run.
@main
struct Musterd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "musterd",
    abstract: "Muster's engine: keeps stacks running and serves the API on a unix socket.",
    discussion:
      "Stays in the foreground and logs to standard error. SIGTERM ends it; containers run on, and the next engine finds them again.",
    version: MusterVersion.version)

  @Option(help: ArgumentHelp("State, images and volumes (default: $MUSTER_ROOT or \(EngineLocation.defaultRoot)).", valueName: "directory"))
  var root: String?

  @Option(
    help: ArgumentHelp("Sockets and locks (default: $MUSTER_RUN_DIR, /run/muster, or run below another root).", valueName: "directory"))
  var runDir: String?

  @Option(help: ArgumentHelp("A descriptor to write a line to when the engine serves.", valueName: "number"))
  var readyFd: Int32?

  @Option(help: ArgumentHelp("The program that stands by each container (default: muster-shim beside this one).", valueName: "file"))
  var shim: String?

  @Option(
    help: ArgumentHelp(
      "The key of the secrets: file:PATH, passphrase:PATH of a file, or credential:NAME of systemd's (default: $MUSTER_SECRETS_KEY, or where it was).",
      valueName: "place"))
  var secretsKey: String?

  @Option(
    help: ArgumentHelp(
      "What containers may do that ask for nothing: docker (14 capabilities) or strict (11: no MKNOD, NET_RAW, AUDIT_WRITE) (default: $MUSTER_CAPABILITIES, or docker).",
      valueName: "set"))
  var capabilities: String?

  @Option(
    help: ArgumentHelp(
      "Give containers user namespaces, with the numbers of /etc/subuid and /etc/subgid for: default (dockremap), USER, USER:GROUP, UID or UID:GID (default: $MUSTER_USERNS_REMAP, or none).",
      valueName: "whose"))
  var usernsRemap: String?

  @Option(
    help: ArgumentHelp(
      "Which rules decide whether published ports are reached from outside: bypass (Muster's alone, as Docker) or host (the host's own of what comes in); a stack may say otherwise in x-muster.ports_firewall (default: $MUSTER_PORTS_FIREWALL, or bypass).",
      valueName: "whose"))
  var portsFirewall: String?

  func run() async throws {
    let location = root == nil && runDir == nil ? EngineLocation.fromEnvironment() : EngineLocation(root: root, runDirectory: runDir)
    do {
      try await serve(
        location, shim: try shim ?? shimProgram(), secretsKey: secretsKey ?? variable("MUSTER_SECRETS_KEY"),
        capabilities: capabilities ?? variable("MUSTER_CAPABILITIES"), usersRemap: usernsRemap ?? variable("MUSTER_USERNS_REMAP"),
        portsFirewall: portsFirewall ?? variable("MUSTER_PORTS_FIREWALL"), readyDescriptor: readyFd)
    } catch let error as EngineError {
      throw Told(error: error)
    }
  }
}

/// An error with what to do about it.
private struct Told: Error, CustomStringConvertible {
  var error: EngineError
  var description: String { error.description + (error.hint.map { "\n  hint: " + $0 } ?? "") }
}
