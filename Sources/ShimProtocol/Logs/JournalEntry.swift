/// An entry of systemd's journal in the bytes of its native protocol.
public enum JournalEntry {
  /// The entry of a line: `fields` and what a line has of its own.
  ///
  /// - Parameters:
  ///   - isError: It was written to standard error.
  ///   - isPart: The line goes on in the next entry.
  ///   - timestamp: When it was written, in RFC 3339.
  public static func bytes(
    _ text: UnsafeRawBufferPointer, isError: Bool, isPart: Bool, timestamp: String, fields: [LogField]
  ) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count + 64 * (fields.count + 4))
    append("PRIORITY", (isError ? "3" : "6").utf8, to: &out)
    append("SYSLOG_TIMESTAMP", timestamp.utf8, to: &out)
    if isPart { append("CONTAINER_PARTIAL_MESSAGE", "true".utf8, to: &out) }
    for field in fields { append(field.name, field.value.utf8, to: &out) }
    append("MESSAGE", text, to: &out)
    return out
  }

  /// `NAME=value` and a newline; a value with a newline in it after the name on a line of its own and its length, 64 bits, little-endian.
  private static func append(_ name: String, _ value: some Collection<UInt8>, to out: inout [UInt8]) {
    out.append(contentsOf: name.utf8)
    if value.contains(0x0A) {
      out.append(0x0A)
      withUnsafeBytes(of: UInt64(value.count).littleEndian) { out.append(contentsOf: $0) }
    } else {
      out.append(0x3D)
    }
    out.append(contentsOf: value)
    out.append(0x0A)
  }

  /// The name of a field: capitals, digits and `_`, which is not its first character. Empty: nothing of it can be one.
  public static func name(_ text: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      let character: Character =
        switch scalar {
        case "a"..."z": Character(Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) - 32))
        case "A"..."Z", "0"..."9": Character(scalar)
        default: "_"
        }
      if name.isEmpty, character == "_" { continue }
      name.append(character)
    }
    // The journal takes no more, and none that begin with a digit.
    return name.first?.isNumber == true || name.utf8.count > 64 ? "" : name
  }
}
