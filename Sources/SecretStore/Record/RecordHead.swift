import FoundationEssentials

/// What stands before a sealed value, readable and authenticated: it is the additional data of everything that is sealed behind it.
struct RecordHead: Codable, Equatable {
  var name: String
  var version: Int
  /// The secret's.
  var id: String
  /// When the secret was made, and this version; nanoseconds since 1970.
  var first: Int64
  var created: Int64
  /// Of the value, in bytes.
  var size: Int
  var labels: [String: String]
  var fingerprint: String

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }
}
