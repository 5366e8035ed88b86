public import LinuxKit

/// The engine's ends of a process's standard streams.
///
/// They may be non-blocking. With a terminal `output` is its master or a pipe from it, there is no `error`, and `input` may be the same as `output`.
public struct StreamDescriptors: Sendable {
  /// The write end of standard input; nil when it is not open.
  public var input: SharedDescriptor?
  /// nil for a process of which nobody wanted output.
  public var output: SharedDescriptor?
  public var error: SharedDescriptor?

  /// From what a shim sends: input when interactive, then output and error, or the terminal.
  init(_ descriptors: [SharedDescriptor], hasTerminal: Bool, isInteractive: Bool, masterIsBoth: Bool) {
    var rest = descriptors[...]
    if masterIsBoth {
      output = rest.popFirst()
      input = isInteractive ? output : nil
      return
    }
    let outputs = hasTerminal ? 1 : 2
    if rest.count > outputs { input = rest.popFirst() }
    output = rest.popFirst()
    error = rest.popFirst()
  }
}
