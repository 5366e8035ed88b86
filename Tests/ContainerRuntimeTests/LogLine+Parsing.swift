import FoundationEssentials

extension LogLine {
  static func parse(_ bytes: [UInt8]) throws -> [LogLine] {
    try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(LogLine.self, from: Data($0)) }
  }
}
