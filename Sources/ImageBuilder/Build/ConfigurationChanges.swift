public import OCI

/// An image's configuration with instructions of a Dockerfile applied that run nothing: `CMD ["nginx"]` (`docker commit --change`).
///
/// Throws ``DockerfileError`` for what is no such instruction.
public func applying(_ changes: [String], to execution: ImageConfig.Execution) throws -> ImageConfig.Execution {
  var state = StageState()
  state.execution = execution
  var configuration = Configuration(state: state, escape: 0x5C, arguments: [:], globals: [:])
  for change in changes {
    let instruction = try Dockerfile.trigger(change, file: "--change")
    switch instruction.keyword {
    case .cmd, .entrypoint, .env, .expose, .healthcheck, .label, .onBuild, .stopSignal, .user, .volume:
      try configuration.carryOut(instruction)
    case .workdir:
      guard case .text(let text) = instruction.body else { continue }
      configuration.state.execution.workingDir = configuration.state.absolute(try configuration.expand(text, instruction))
    default:
      throw DockerfileError(
        instruction.range, "\(instruction.keyword.rawValue) is not a valid change command",
        hint: "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR")
    }
  }
  return configuration.state.execution
}
