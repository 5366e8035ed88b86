import OCI

/// Carries out the instructions that change only the configuration.
struct Configuration {
  var state: StageState
  let escape: UInt8
  /// `--build-arg`
  let arguments: [String: String]
  /// Of the ARGs before the first FROM.
  let globals: [String: String]

  func expand(_ text: String, _ instruction: Instruction) throws -> String { try state.expand(text, instruction, escape) }

  mutating func carryOut(_ instruction: Instruction) throws {
    switch instruction.body {
    case .pairs(let pairs) where instruction.keyword == .arg: try declare(pairs, instruction)
    case .pairs(let pairs):
      // All values of one instruction see the variables from before it.
      let expanded = try pairs.map { (try expand($0.name, instruction), try expand($0.value ?? "", instruction)) }
      for (name, value) in expanded {
        guard !name.isEmpty else { throw DockerfileError(instruction.range, "\(instruction.keyword.rawValue) has an empty name") }
        if instruction.keyword == .env {
          state.setEnvironment(name, value)
        } else {
          state.execution.labels = (state.execution.labels ?? [:]).merging([name: value]) { $1 }
        }
      }
      note(instruction.keyword.rawValue + " " + expanded.map { "\($0.0)=\($0.1)" }.joined(separator: " "))
    case .command(let command): setCommand(command, instruction)
    case .words(let words):
      let values = try words.flatMap { word in
        instruction.keyword == .expose ? try state.expandWords(word, instruction, escape) : [try expand(word, instruction)]
      }
      if instruction.keyword == .expose { try expose(values, instruction) } else { try addVolumes(values, instruction) }
      note(instruction.text)
    case .text(let text): try setText(text, instruction)
    case .health(let command):
      try setHealth(command, instruction)
      note(instruction.text)
    case .shell(let arguments):
      state.execution.shell = arguments
      note(instruction.text)
    case .onBuild(let trigger):
      state.execution.onBuild = (state.execution.onBuild ?? []) + [trigger]
      note(instruction.text)
    case .from: break
    }
  }

  private mutating func note(_ text: String) { state.noteHistory(text, layer: nil, created: nil) }

  private mutating func declare(_ pairs: [Instruction.Pair], _ instruction: Instruction) throws {
    for pair in pairs {
      if let given = arguments[pair.name] {
        state.arguments[pair.name] = given
      } else if let written = pair.value {
        state.arguments[pair.name] = try expand(written, instruction)
      } else if let global = globals[pair.name] {
        state.arguments[pair.name] = global
      }
      if !PlatformArguments.proxies.contains(pair.name) {
        note("ARG " + pair.name + (state.arguments[pair.name].map { "=" + $0 } ?? ""))
      }
    }
  }

  private mutating func setCommand(_ command: Command, _ instruction: Instruction) {
    let arguments = state.arguments(of: command)
    if instruction.keyword == .cmd {
      state.execution.cmd = arguments
      state.hasCommand = true
    } else {
      state.execution.entrypoint = arguments
      // A command meant for the base image's entry point is none for this one.
      if !state.hasCommand { state.execution.cmd = nil }
    }
    note(instruction.keyword.rawValue + " [" + arguments.map { "\"\($0)\"" }.joined(separator: " ") + "]")
  }

  private mutating func setText(_ text: String, _ instruction: Instruction) throws {
    let value = instruction.keyword == .maintainer ? text : try expand(text, instruction)
    guard !value.isEmpty else {
      throw DockerfileError(instruction.range, "\(instruction.keyword.rawValue) is empty", hint: "a variable in it is empty")
    }
    switch instruction.keyword {
    case .user: state.execution.user = value
    case .stopSignal:
      guard Self.isSignal(value) else { throw DockerfileError(instruction.range, "'\(value)' is no signal", hint: "SIGTERM, TERM or 15") }
      state.execution.stopSignal = value
    default: state.author = value
    }
    note(instruction.keyword.rawValue + " " + value)
  }

  private static func isSignal(_ text: String) -> Bool {
    if let number = Int(text) { return (1...64).contains(number) }
    let upper = text.uppercased()
    let name = upper.hasPrefix("SIG") ? upper.dropFirst(3) : upper[...]
    if name.hasPrefix("RTMIN") || name.hasPrefix("RTMAX") { return true }
    return [
      "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
      "CHLD",
      "CLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "POLL", "PWR", "SYS",
    ].contains(String(name))
  }

  /// `80`, `80/udp`, `8000-8010`
  private mutating func expose(_ words: [String], _ instruction: Instruction) throws {
    var ports = state.execution.exposedPorts ?? [:]
    for word in words {
      let parts = word.split(separator: "/", omittingEmptySubsequences: false)
      let numbers = (parts.first ?? "").split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
      let kind = parts.count == 2 ? parts[1].lowercased() : "tcp"
      guard parts.count <= 2, ["tcp", "udp", "sctp"].contains(kind), numbers.count <= 2, let first = numbers.first ?? nil,
        let last = numbers.last ?? nil,
        first >= 1, first <= last
      else { throw DockerfileError(instruction.range, "'\(word)' is no port", hint: "80, 80/udp or 8000-8010") }
      for port in first...last { ports["\(port)/\(kind)"] = .init() }
    }
    state.execution.exposedPorts = ports
  }

  private mutating func addVolumes(_ paths: [String], _ instruction: Instruction) throws {
    var volumes = state.execution.volumes ?? [:]
    for path in paths {
      guard !path.isEmpty else { throw DockerfileError(instruction.range, "VOLUME names an empty path") }
      volumes[path] = .init()
    }
    state.execution.volumes = volumes
  }

  private mutating func setHealth(_ command: Command?, _ instruction: Instruction) throws {
    var health = ImageConfig.Health()
    switch command {
    case nil: health.test = ["NONE"]
    case .shell(let text)?: health.test = ["CMD-SHELL", text]
    case .exec(let arguments)?: health.test = ["CMD"] + arguments
    }
    health.interval = try duration("interval", instruction)
    health.timeout = try duration("timeout", instruction)
    health.startPeriod = try duration("start-period", instruction)
    health.startInterval = try duration("start-interval", instruction)
    if let flag = instruction.flag("retries") {
      guard let count = Int(try expand(flag.value, instruction)), (0...1_000_000).contains(count) else {
        throw DockerfileError(flag.range, "--retries takes a number, not '\(flag.value)'")
      }
      health.retries = count
    }
    state.execution.healthcheck = health
  }

  private func duration(_ name: String, _ instruction: Instruction) throws -> Int64? {
    guard let flag = instruction.flag(name) else { return nil }
    let text = try expand(flag.value, instruction)
    guard let value = GoDuration.nanoseconds(text), value == 0 || value >= 1_000_000 else {
      throw DockerfileError(flag.range, "--\(name) takes a time of at least 1ms, not '\(text)'", hint: "30s, 1m30s, 500ms")
    }
    return value
  }
}
