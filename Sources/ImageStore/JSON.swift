import FoundationEssentials
import Glibc
package import LinuxKit

/// JSON as the store writes it: keys sorted, so that equal values are equal bytes.
package enum JSON {
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}

/// The content of a regular file of the host, at most `limit` bytes.
package func readFile(_ path: String, limit: Int) throws(KernelError) -> [UInt8] {
  let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
  guard try file.status().kind == .regular else { throw KernelError("read(2)", errno: EINVAL, operands: [path]) }
  return try file.readAll(limit: limit)
}
