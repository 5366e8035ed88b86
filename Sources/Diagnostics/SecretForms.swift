/// How a value looks when something has encoded it.
enum SecretForms {
  /// Base64 and its URL-safe alphabet, also from the middle of something longer; percent-encoding in its usual kinds; a JSON string's inside.
  static func all(_ value: [UInt8]) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = []
    for alphabet in [standard, urlSafe] {
      let whole = base64(value, alphabet)
      forms.insert(whole)
      forms.insert(whole + [UInt8](repeating: 0x3D, count: (4 - whole.count % 4) % 4))
      for offset in 0..<3 { forms.insert(inner(value, offset, alphabet)) }
    }
    for hex in [Array("0123456789ABCDEF".utf8), Array("0123456789abcdef".utf8)] {
      forms.insert(percent(value, hex, blank: Array("%20".utf8)))
      forms.insert(percent(value, hex, blank: [0x2B]))
    }
    forms.insert(json(value))
    forms.remove(value)
    return forms
  }

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
  private static let standard = letters + Array("+/".utf8)
  private static let urlSafe = letters + Array("-_".utf8)

  /// Without padding (RFC 4648).
  private static func base64(_ bytes: [UInt8], _ alphabet: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var bits = 0
    var held: UInt32 = 0
    for byte in bytes {
      held = held << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        out.append(alphabet[Int(held >> UInt32(bits) & 63)])
      }
    }
    if bits > 0 { out.append(alphabet[Int(held << UInt32(6 - bits) & 63)]) }
    return out
  }

  /// The characters that are the value's alone when so many bytes, modulo three, come before it and something comes after.
  private static func inner(_ value: [UInt8], _ offset: Int, _ alphabet: [UInt8]) -> [UInt8] {
    let all = base64([UInt8](repeating: 0, count: offset) + value, alphabet)
    let first = (offset * 8 + 5) / 6
    let end = (offset + value.count) * 8 / 6
    return first < end ? Array(all[first..<end]) : []
  }

  private static func percent(_ value: [UInt8], _ hex: [UInt8], blank: [UInt8]) -> [UInt8] {
    value.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: [byte]
      case 0x20: blank
      default: [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
  }

  private static func json(_ value: [UInt8]) -> [UInt8] {
    value.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x22, 0x5C: [0x5C, byte]
      case 0x0A: Array("\\n".utf8)
      case 0x0D: Array("\\r".utf8)
      case 0x09: Array("\\t".utf8)
      default: [byte]
      }
    }
  }
}
