/// Some of a process's standard streams.
public struct AttachedStreams: OptionSet, Sendable, Codable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let input = AttachedStreams(rawValue: 1)
  public static let output = AttachedStreams(rawValue: 2)
  public static let errors = AttachedStreams(rawValue: 4)
}
