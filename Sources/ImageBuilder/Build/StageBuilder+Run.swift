import ImageStore
import OCI
import StackModel

extension StageBuilder {
  /// `RUN`
  mutating func runCommand(_ instruction: Instruction) async throws {
    guard case .command(let written) = instruction.body else { return }
    let script = script(of: written, instruction)
    let arguments = script.map { [$0.path] } ?? state.arguments(of: withDocuments(written, instruction))
    guard let program = arguments.first, !program.isEmpty else { throw DockerfileError(instruction.range, "RUN has an empty command") }
    var environment = state.variables()
    let network = try network(of: instruction)
    let user = (state.execution.user ?? "").isEmpty ? nil : state.execution.user

    var key = CacheKey("run", below: state.layers)
    key.fields(arguments)
    if let script { key.field(script.content) }
    key.fields(environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    key.fields([state.workingDirectory, user ?? "", network ?? ""])
    key.fields(spec.extraHosts.flatMap { [$0.name, $0.address] })
    let mounts = try await runMounts(of: instruction)
    // The names of secrets, never what they contain.
    if !mounts.isEmpty { key.fields(mounts.flatMap(\.keyFields)) }
    // Proxies are the builder's affair: they are in neither the key nor the history.
    for (name, value) in spec.arguments where PlatformArguments.proxies.contains(name) && environment[name] == nil {
      environment[name] = value
    }

    let work = begin(instruction.text)
    let cutter = LineCutter { work.line($0) }
    let (sandbox, workingDirectory, hosts, range) = (builder.sandbox, state.workingDirectory, spec.extraHosts, instruction.range)
    let cacheDirectory = builder.store.cacheDirectory + "/mounts"
    let digest = key.digest
    let (secrets, options) = (secretLookup, spec.options)
    let agents = spec.options?.agents ?? [:]
    try await layer(key: digest, history: history(of: arguments), work: work) { [environment] overlay in
      var command = BuildCommand(
        directory: overlay.directory, lower: overlay.lower, upper: overlay.upper, work: overlay.work, arguments: arguments,
        environment: environment, workingDirectory: workingDirectory, user: user, network: network, extraHosts: hosts)
      command.shmSize = options?.shmSize
      command.ulimits = options?.ulimits ?? [:]
      let preparation = MountPreparation(overlay: overlay, cache: cacheDirectory)
      let code = try await preparation.with(mounts, script: script, secrets: secrets, agents: agents, in: &command) { command in
        try await sandbox.run(command) { cutter.take($0) }
      }
      cutter.finish()
      try Task.checkCancellation()
      guard code == 0 else {
        throw DockerfileError(range, "process \"\(arguments.joined(separator: " "))\" did not complete successfully: exit code: \(code)")
      }
      return digest
    }
  }

  /// `RUN |1 VERSION=3 /bin/sh -c make`, as Docker writes it.
  private func history(of arguments: [String]) -> String {
    let values = state.arguments.filter { !PlatformArguments.proxies.contains($0.key) }.sorted { $0.key < $1.key }
    let before = values.isEmpty ? "" : "|\(values.count) " + values.map { "\($0.key)=\($0.value) " }.joined()
    return "RUN " + before + arguments.joined(separator: " ")
  }

  /// A command with its here-documents: alone, a document is what the shell runs; otherwise the shell reads both.
  private func withDocuments(_ command: Command, _ instruction: Instruction) -> Command {
    guard !instruction.heredocs.isEmpty, case .shell(let text) = command else { return command }
    if let document = onlyDocument(of: command, instruction) { return .shell(document.content) }
    return .shell(text + "\n" + instruction.heredocs.map { $0.content + $0.name }.joined(separator: "\n"))
  }

  /// A document that stands alone and begins with `#!` is a program, which runs from where BuildKit has it.
  private func script(of command: Command, _ instruction: Instruction) -> RunScript? {
    guard let document = onlyDocument(of: command, instruction), document.content.hasPrefix("#!") else { return nil }
    return RunScript(path: "/dev/pipes/\(document.name)", content: document.content)
  }

  private func onlyDocument(of command: Command, _ instruction: Instruction) -> Instruction.Heredoc? {
    guard case .shell(let text) = command, instruction.heredocs.count == 1, text.hasPrefix("<<"), !text.utf8.contains(where: \.isBlank)
    else { return nil }
    return instruction.heredocs.first
  }

  private func network(of instruction: Instruction) throws -> String? {
    guard let flag = instruction.flag("network") else { return spec.network }
    switch flag.value {
    case "default": return spec.network
    case "none", "host": return flag.value
    default: throw DockerfileError(flag.range, "RUN --network takes default, none or host, not '\(flag.value)'")
    }
  }
}
