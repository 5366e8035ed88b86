import ShimSetup

/// What a container's first process said when it could not become its program.
struct StartProblem: Error, CustomStringConvertible {
  var description: String

  init(_ bytes: [UInt8]) {
    if case .failed(_, _, let detail)? = ChildMessage(bytes) {
      description = "unable to start container process: " + detail
    } else {
      description = "unable to start container process"
    }
  }
}
