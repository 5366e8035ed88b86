public import Backend
import StackModel

/// Log lines cross the socket as `StreamItem`s, each on a line of its own, written and read by hand because there are millions of them:
/// `{"line":{"container":"shop-web-1","service":"web","stream":"stdout","at":1795230000500000000,"text":"ready\n"}}`.
extension LogLine {
  /// Appends the item with its newline.
  public func append(to out: inout [UInt8]) {
    append("{\"line\":{\"container\":\"", to: &out)
    escape(container, to: &out)
    append("\",\"service\":\"", to: &out)
    escape(service.rawValue, to: &out)
    append(stream == .stdout ? "\",\"stream\":\"stdout\",\"at\":" : "\",\"stream\":\"stderr\",\"at\":", to: &out)
    out.append(contentsOf: String(at).utf8)
    append(",\"text\":\"", to: &out)
    escape(text, to: &out)
    append("\"", to: &out)
    if let attributes {
      append(",\"attributes\":{", to: &out)
      for (index, attribute) in attributes.sorted(by: { $0.key < $1.key }).enumerated() {
        append(index == 0 ? "\"" : ",\"", to: &out)
        escape(attribute.key, to: &out)
        append("\":\"", to: &out)
        escape(attribute.value, to: &out)
        append("\"", to: &out)
      }
      append("}", to: &out)
    }
    append("}}\n", to: &out)
  }

  private func append(_ text: StaticString, to out: inout [UInt8]) { text.withUTF8Buffer { out.append(contentsOf: $0) } }

  private func escape(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      for (index, byte) in bytes.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
        start = index + 1
        switch byte {
        case 0x0A: append("\\n", to: &out)
        case 0x22: append("\\\"", to: &out)
        case 0x5C: append("\\\\", to: &out)
        default:
          append("\\u00", to: &out)
          out.append(0x30 + byte >> 4)
          out.append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
        }
      }
      out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }
  }
}

/// Reads items that `LogLine.append` wrote.
public struct LogLineDecoder {
  /// What the last line had, and most likely the next one has, too.
  private var container: (written: [UInt8], text: String) = ([], "")
  private var service: (written: [UInt8], name: ServiceName) = ([], "")

  public init() {}

  /// nil for everything else, which a general reader understands.
  public mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> LogLine? {
    var reader = JSONStrings(bytes)
    guard reader.take("{\"line\":{\"container\":"), let container = reader.string(), reader.take(",\"service\":"),
      let service = reader.string(), reader.take(",\"stream\":"), let stream = reader.string(), reader.take(",\"at\":"),
      let at = reader.integer(), reader.take(",\"text\":"), let text = reader.string()?.text, reader.take("}}"), reader.isAtEnd,
      stream.equals("stdout") || stream.equals("stderr")
    else { return nil }
    if !container.bytes.elementsEqual(self.container.written) {
      guard let text = container.text else { return nil }
      self.container = (Array(container.bytes), text)
    }
    if !service.bytes.elementsEqual(self.service.written) {
      guard let text = service.text else { return nil }
      self.service = (Array(service.bytes), ServiceName(text))
    }
    return LogLine(
      container: self.container.text, service: self.service.name, stream: stream.equals("stdout") ? .stdout : .stderr, at: at, text: text)
  }
}
