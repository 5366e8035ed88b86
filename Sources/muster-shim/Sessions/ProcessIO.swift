import Glibc
import LinuxKit

/// The ends of a process's standard streams. With a terminal they are /dev/null until the process has made its own.
struct ProcessIO {
  /// What becomes 0, 1 and 2 of the process.
  let input: SharedDescriptor
  let output: SharedDescriptor
  let error: SharedDescriptor
  /// This side's ends; nil where there is no pipe.
  let toInput: SharedDescriptor?
  let fromOutput: SharedDescriptor?
  let fromError: SharedDescriptor?

  init(hasTerminal: Bool, isInteractive: Bool, hasOutput: Bool = true) throws(KernelError) {
    let null = SharedDescriptor(try Descriptor.open("/dev/null", O_RDWR))
    (input, toInput) = try Self.pipe(isInteractive && !hasTerminal, null) { ($0.first, $0.second) }
    (output, fromOutput) = try Self.pipe(hasOutput && !hasTerminal, null) { ($0.second, $0.first) }
    (error, fromError) = try Self.pipe(hasOutput && !hasTerminal, null) { ($0.second, $0.first) }
  }

  private static func pipe(
    _ isWanted: Bool, _ null: SharedDescriptor,
    _ sides: ((first: SharedDescriptor, second: SharedDescriptor)) -> (SharedDescriptor, SharedDescriptor)
  ) throws(KernelError) -> (SharedDescriptor, SharedDescriptor?) {
    if !isWanted { return (null, nil) }
    return sides(try DescriptorPair.pipe().shared())
  }
}
