extension ByteCount {
  /// `512m`, `2g`, `1.5 GiB`, `1048576`: units are powers of 1024, as Docker reads them. nil: no size.
  public init?(_ text: String) {
    var rest = Substring(text)
    let number = Substring(rest.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") })
    guard let first = number.utf8.first, first != UInt8(ascii: "."), let value = Double(number) else { return nil }
    rest = rest[number.endIndex...]
    if rest.first == " " { rest = rest.dropFirst() }
    var unit = rest.lowercased()[...]
    if unit.last == "b" { unit = unit.dropLast() }
    if unit.last == "i" { unit = unit.dropLast() }
    guard let power = ["", "k", "m", "g", "t", "p"].firstIndex(of: String(unit)), !(rest.lowercased().hasPrefix("i")) else { return nil }
    if power == 0, let exact = Int64(number) {
      self.init(exact)
      return
    }
    let bytes = value * Double(1 << Int64(10 * power))
    guard bytes < 9e18 else { return nil }
    self.init(Int64(bytes))
  }
}
