import Glibc

/// What the kernel said no to: the call, its operands, the error number and the place in the source.
public struct KernelError: Error, Equatable, Sendable {
  /// `mount(2)`.
  public var call: String
  public var errno: Int32
  public var operands: [String]
  /// `LinuxKit/Descriptor.swift:12`.
  public var place: String

  public init(
    _ call: String, errno: Int32, operands: [String] = [], file: StaticString = #fileID, line: UInt = #line
  ) {
    self.call = call
    self.errno = errno
    self.operands = operands
    self.place = file.description + ":" + String(line)
  }

  /// The error that the last call of this thread left in `errno`.
  public static func last(
    _ call: String, _ operands: [String] = [], file: StaticString = #fileID, line: UInt = #line
  ) -> KernelError {
    KernelError(call, errno: Glibc.errno, operands: operands, file: file, line: line)
  }

  /// The kernel's own words: `No such file or directory`.
  public var reason: String { KernelError.reason(errno) }

  /// The words for an error number.
  public static func reason(_ number: Int32) -> String {
    guard let text = strerror(number) else { return "error " + String(number) }
    return String(cString: text)
  }
}

extension KernelError: CustomStringConvertible {
  public var description: String {
    var text = call
    for operand in operands { text += " " + operand }
    return text + ": " + reason
  }
}

/// Calls until it is not interrupted; -1 becomes an error. Operands are only evaluated on failure.
@discardableResult
@inline(__always)
package func kernel<Result: SignedInteger & FixedWidthInteger>(
  _ call: String, _ operands: @autoclosure () -> [String] = [], file: StaticString = #fileID, line: UInt = #line,
  _ body: () -> Result
) throws(KernelError) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    let error = Glibc.errno
    if error == EINTR { continue }
    throw KernelError(call, errno: error, operands: operands(), file: file, line: line)
  }
}
