import Glibc

/// A kernel's version, as far as features are told by it: 6.1.
public struct KernelVersion: Comparable, Sendable {
  public var major: Int
  public var minor: Int
  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// The running kernel's, 6.1 for `6.1.0-18-amd64`; 0.0 when it says something strange.
  public static var running: KernelVersion {
    var names = utsname()
    guard uname(&names) == 0 else { return KernelVersion(0, 0) }
    let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let numbers = release.split(separator: ".", maxSplits: 2).map { Int($0.prefix { $0.isNumber }) ?? 0 }
    return KernelVersion(numbers.first ?? 0, numbers.dropFirst().first ?? 0)
  }

  public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
