/// The file in which a shim leaves how the container ended: `muster-exit 1 CODE NANOSECONDS` and a newline.
public enum ExitRecord {
  /// The file's content.
  public static func bytes(_ status: ExitStatus) -> [UInt8] {
    Array("muster-exit 1 \(status.code) \(status.at)\n".utf8)
  }

  /// What a file's content says; nil when it is no exit record.
  public static func status(_ bytes: [UInt8]) -> ExitStatus? {
    guard bytes.count < 100, bytes.last == UInt8(ascii: "\n") else { return nil }
    let words = String(decoding: bytes.dropLast(), as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 4, words[0] == "muster-exit", words[1] == "1", let code = Int32(words[2]), let at = Int64(words[3]) else {
      return nil
    }
    return ExitStatus(code: code, at: at)
  }
}
