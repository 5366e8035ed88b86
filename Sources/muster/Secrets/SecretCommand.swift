import ArgumentParser

/// `muster secret …`: what stacks get with `external: true`.
struct SecretCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secret", abstract: "Manage the machine's secrets, which stacks get with 'external: true'.",
    discussion: "Values go in and never come out: only the containers that are given a secret get it, as a file.",
    subcommands: [
      SecretAdopt.self, SecretCreate.self, SecretGenerate.self, SecretInspect.self, SecretLs.self, SecretRm.self, SecretRotate.self,
      SecretRotateKey.self,
    ])
}
