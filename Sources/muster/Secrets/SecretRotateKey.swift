import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster secret rotate-key`.
struct SecretRotateKey: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key", abstract: "Change the keys that the secrets are encrypted under.",
    discussion:
      "Values and running containers stay as they are. Whenever the machine stops, the secrets open with the key that is then in place.")
  @Option(
    help: ArgumentHelp(
      "Where the key is from now on: file:PATH (made there), passphrase:PATH of a file, credential:NAME of systemd's.", valueName: "place"))
  var to: String?

  func perform(_ context: Context) async throws -> Int32 {
    let change = try await context.engine().rotateSecretKey(to: to)
    context.output.write("\(visible(change.source))\n")
    context.output.error("\(change.count) versions sealed anew")
    guard !change.leftOut.isEmpty else { return 0 }
    context.output.error("damaged, and left under the former key: \(visible(change.leftOut.joined(separator: ", ")))")
    return 1
  }
}
