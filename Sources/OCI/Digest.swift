/// A content digest, `sha256:` and 64 lower-case hexadecimal digits (OCI Image Specification, "Digests").
public struct Digest: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  /// The 64 digits.
  public let hex: String
  /// nil unless the text is exactly a sha256 digest.
  public init?(_ text: String) {
    let prefix = "sha256:"
    guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 64 else { return nil }
    self.init(hex: String(text.dropFirst(prefix.count)))
  }
  /// nil unless it is 64 lower-case hexadecimal digits.
  public init?(hex: String) {
    guard hex.utf8.count == 64, hex.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
    self.hex = hex
  }
  /// The result of a hash function in its first 32 bytes.
  public init(hash: some Sequence<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    for byte in hash.prefix(32) { hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    self.hex = String(decoding: hex, as: UTF8.self)
  }
  public var description: String { "sha256:" + hex }
  /// The first twelve digits, which is what people see.
  public var short: String { String(hex.prefix(12)) }
  public static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = Digest(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a sha256 digest: \(text.prefix(80))")
    }
    self = digest
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
