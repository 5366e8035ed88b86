public import ShimProtocol

/// A container, or a process in one, that could not be made: which step failed, with which error, and what to say.
public struct SetupFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The step, nil when it did not come to the steps.
  public var step: SetupStep?
  public var errno: Int32
  /// The shim's words: the call and what it was about.
  public var detail: String
  /// What Docker gives as the exit code: 127 when the program is not there, 126 when it cannot be run, 128 for the rest.
  public var exitCode: Int32

  init(steps: [SetupStep], index: Int, errno: Int32, detail: String) {
    step = steps.indices.contains(index) ? steps[index] : nil
    self.errno = errno
    self.detail = detail
    exitCode = StartFailure.exitCode(isProgram: index == steps.count - 1, errno: errno)
  }

  /// `exec: "foo": executable file not found in $PATH`, or `mount proc /proc: fsmount(2) proc: Operation not permitted`.
  public var description: String {
    switch step {
    case nil, .execute, .becomeUser: detail
    case .some(let step): "\(step): \(detail)"
    }
  }
}

/// A shim that does not do what it was asked, or is no more.
public struct ShimError: Error, Equatable, Sendable, CustomStringConvertible {
  public var errno: Int32
  public var detail: String
  init(errno: Int32, _ detail: String) {
    self.errno = errno
    self.detail = detail
  }
  public var description: String { detail }
}
