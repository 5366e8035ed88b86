/// What is known of a secret without its value.
public struct StoredSecret: Equatable, Sendable {
  /// One value that it has or had.
  public struct Version: Equatable, Sendable {
    public var number: Int
    /// Nanoseconds since 1970.
    public var created: Int64
    /// Bytes.
    public var size: Int
    /// Sixteen hexadecimal digits that change with the value and say nothing about it without the store's key.
    public var fingerprint: String
    /// What is wrong with its record; nil: nothing.
    public var damage: String?
  }
  public var name: String
  /// Stays the same from version to version, as Docker's ids: 25 lower-case letters and digits. Empty: every record is damaged.
  public var id: String
  public var labels: [String: String]
  /// Oldest first; the last one is what containers get.
  public var versions: [Version]

  /// When its first version was made; nanoseconds since 1970.
  public var created: Int64
}
