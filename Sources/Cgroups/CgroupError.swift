import Glibc

/// A control group could not be made, limited or removed: which file, what should have been in it, what the kernel said.
public struct CgroupError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `writing`, `making`, …
  public var doing: String
  public var path: String
  /// What was written.
  public var value: String?
  /// 0 when it was not the kernel that refused.
  public var errno: Int32
  /// What is wrong, or what to do.
  public var hint: String?

  public init(_ doing: String, _ path: String, value: String? = nil, errno: Int32 = 0, hint: String? = nil) {
    self.doing = doing
    self.path = path
    self.value = value
    self.errno = errno
    self.hint = hint
  }

  public var description: String {
    var text = "control group: " + doing
    if let value { text += " \"\(value)\" to" }
    text += " " + path
    if errno != 0 { text += ": " + (strerror(errno).map { String(cString: $0) } ?? "error \(errno)") }
    if let hint { text += "; " + hint }
    return text
  }
}
