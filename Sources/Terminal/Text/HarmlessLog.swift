import Diagnostics

/// A line of a container's log as a terminal may be given it: colours are dropped, and every other control character or sequence is written out
/// (`\u{1B}`), so that a container cannot move the cursor, set the title, fill the clipboard or hide text. Tabs and the line's end stay.
func harmless(_ text: String) -> String {
  var body = Substring(text)
  var end = ""
  if body.last == "\r\n" {
    body.removeLast()
    end = "\n"
  } else if body.last == "\n" {
    body.removeLast()
    end = "\n"
  }
  return visible(withoutColours(String(body))) + end
}

/// Without SGR sequences (`ESC [ 1 ; 31 m`), which change nothing but how text looks.
private func withoutColours(_ text: String) -> String {
  guard text.utf8.contains(0x1B) else { return text }
  var kept: [UInt8] = []
  let bytes = Array(text.utf8)
  var index = 0
  while index < bytes.count {
    if let end = endOfColour(bytes, at: index) {
      index = end
    } else {
      kept.append(bytes[index])
      index += 1
    }
  }
  return String(decoding: kept, as: UTF8.self)
}

private func endOfColour(_ bytes: [UInt8], at start: Int) -> Int? {
  guard bytes[start] == 0x1B, start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "[") else { return nil }
  var index = start + 2
  while index < bytes.count, (0x30...0x3B).contains(bytes[index]) { index += 1 }
  return index < bytes.count && bytes[index] == UInt8(ascii: "m") ? index + 1 : nil
}
