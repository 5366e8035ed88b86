/// A size in Docker's words (go-units, `HumanSize` with three digits): `187MB`, `1.23GB`, powers of 1000.
public func humanSize(_ bytes: Int64) -> String {
  let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
  var size = Double(max(0, bytes))
  var unit = 0
  while size >= 1000, unit < units.count - 1 {
    size /= 1000
    unit += 1
  }
  // Three digits: 999.6 becomes 1000 and stays in its unit, as go-units has it.
  let decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2
  let scale = decimals == 0 ? 1.0 : decimals == 1 ? 10.0 : 100.0
  let rounded = Int64((size * scale).rounded())
  var text = "\(rounded / Int64(scale))"
  if decimals > 0 {
    let digits = String(rounded % Int64(scale))
    var fraction = String(repeating: "0", count: decimals - digits.count) + digits
    while fraction.last == "0" { fraction.removeLast() }
    if !fraction.isEmpty { text += ".\(fraction)" }
  }
  return text + units[unit]
}
