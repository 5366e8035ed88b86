/// A text as a part of a URL's query, in Go's form: a space is `+`.
func queryEscaped(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF")
  return text.utf8.reduce(into: "") { escaped, byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
      escaped.append(Character(Unicode.Scalar(byte)))
    case 0x20: escaped.append("+")
    default: escaped += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
  }
}
