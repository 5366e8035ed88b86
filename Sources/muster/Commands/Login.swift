import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc
import LinuxKit
import OCI

/// `muster login`.
struct Login: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Log in to a registry.",
    discussion: "The credential is kept where Docker keeps it: in ~/.docker/config.json, or by the helper that is named there.")
  @Option(name: .shortAndLong, help: "The user's name.") var username: String?
  @Option(name: .shortAndLong, help: "The password or token; everybody on this machine can read it here: rather use --password-stdin.")
  var password: String?
  @Flag(help: "Read the password from standard input.") var passwordStdin = false
  @Argument(help: "HOST[:PORT]; none: Docker Hub.") var server: String?

  func validate() throws {
    if password != nil, passwordStdin { throw ValidationError("--password and --password-stdin are mutually exclusive") }
    if passwordStdin, username == nil { throw ValidationError("--password-stdin needs --username") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let registry = DockerConfiguration.registry(server ?? "docker.io")
    guard !registry.isEmpty, let name = try? ImageReference(registry + "/x"), name.registry == registry else {
      throw Exit(1, "\"\(visible(server ?? ""))\" is no registry\n  hint: write it as HOST or HOST:PORT")
    }
    let configuration = try DockerConfiguration(environment: context.environment)
    if password != nil { context.output.error("warning: --password is seen by everybody on this machine; use --password-stdin") }
    let credential = try credential(hidingIn: context.output)
    try await context.engine().checkLogin(registry, credential)
    if let warning = try configuration.keep(credential, for: registry) { context.output.error("warning: " + warning) }
    context.output.write("Login Succeeded\n")
    return 0
  }

  private func credential(hidingIn output: Output) throws -> RegistryCredential {
    let user = try username ?? line("Username: ", hidden: false, output)
    guard !user.isEmpty else { throw Exit(1, "a user's name is needed") }
    var secret: String
    if let password {
      secret = password
    } else if passwordStdin {
      secret = String(decoding: try Descriptor.duplicate(0).readAll(limit: 1 << 20), as: UTF8.self)
      while secret.hasSuffix("\n") || secret.hasSuffix("\r") || secret.hasSuffix("\r\n") { secret.removeLast() }
    } else {
      secret = try line("Password: ", hidden: true, output)
    }
    guard !secret.isEmpty else { throw Exit(1, "a password is needed") }
    output.hide(Array(secret.utf8))
    return RegistryCredential(username: user, password: secret)
  }

  /// A line from the terminal, unseen when it is a password.
  private func line(_ prompt: String, hidden: Bool, _ output: Output) throws -> String {
    guard isatty(0) == 1 else { throw Exit(1, "standard input is no terminal\n  hint: muster login -u NAME --password-stdin HOST < FILE") }
    output.notice(prompt)
    let terminal = hidden ? ChangedTerminal.withoutEcho() : nil
    defer {
      if let terminal {
        terminal.restore()
        output.notice("\n")
      }
    }
    return readLine() ?? ""
  }
}

/// `muster logout`.
struct Logout: StackCommand {
  static let configuration = CommandConfiguration(commandName: "logout", abstract: "Log out of a registry.")
  @Argument(help: "HOST[:PORT]; none: Docker Hub.") var server: String?

  func perform(_ context: Context) async throws -> Int32 {
    let registry = DockerConfiguration.registry(server ?? "docker.io")
    let configuration = try DockerConfiguration(environment: context.environment)
    guard try configuration.forget(registry) else {
      context.output.write("Not logged in to \(visible(registry))\n")
      return 0
    }
    context.output.write("Removing login credentials for \(visible(DockerConfiguration.server(registry)))\n")
    return 0
  }
}
