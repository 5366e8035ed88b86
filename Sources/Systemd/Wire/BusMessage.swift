/// A message of D-Bus: its header's fields and the bytes of its body.
struct BusMessage: Equatable {
  enum Kind: UInt8 { case call = 1, reply, failure, signal }

  var kind: Kind
  var serial: UInt32
  var path: String?
  var interface: String?
  var member: String?
  /// Of a failure.
  var name: String?
  /// Which call is answered.
  var answers: UInt32?
  var destination: String?
  var signature = ""
  var body: [UInt8] = []

  var bytes: [UInt8] {
    var writer = BusWriter()
    for byte in [UInt8(ascii: "l"), kind.rawValue, 0, 1] { writer.byte(byte) }
    writer.number(UInt32(body.count))
    writer.number(serial)
    writer.array(boundary: 8) { writer in
      for case let (code, type, value?) in [
        (1, "o", path), (2, "s", interface), (3, "s", member), (4, "s", name), (6, "s", destination),
      ] as [(UInt8, String, String?)] {
        writer.structure { writer in
          writer.byte(code)
          writer.signature(type)
          writer.text(value)
        }
      }
      if let answers {
        writer.structure { writer in
          writer.byte(5)
          writer.signature("u")
          writer.number(answers)
        }
      }
      if !signature.isEmpty {
        writer.structure { writer in
          writer.byte(8)
          writer.signature("g")
          writer.signature(signature)
        }
      }
    }
    writer.align(8)
    writer.append(body)
    return writer.bytes
  }

  /// How many bytes the message that begins here has; nil when too few are there to know.
  static func length(_ bytes: ArraySlice<UInt8>) throws(SystemdError) -> Int? {
    guard bytes.count >= 16 else { return nil }
    guard bytes.first == UInt8(ascii: "l") else { throw SystemdError("the message is not little-endian") }
    var reader = BusReader(bytes.dropFirst(4))
    let body = Int(try reader.number())
    _ = try reader.number()
    let fields = Int(try reader.number())
    // The specification's greatest message, 128 MiB, is more than anything that is asked for here.
    guard body <= 16 << 20, fields <= 1 << 20 else { throw SystemdError("a message of \(body) bytes is too long") }
    return 16 + (fields + 7) / 8 * 8 + body
  }

  /// From all bytes of one message. Fields that are not known are passed over only where their type is.
  init(_ bytes: ArraySlice<UInt8>) throws(SystemdError) {
    var reader = BusReader(bytes)
    _ = try reader.byte()
    guard let kind = Kind(rawValue: try reader.byte()) else { throw SystemdError("a message of an unknown kind") }
    self.kind = kind
    for _ in 0..<2 { _ = try reader.byte() }
    let count = Int(try reader.number())
    serial = try reader.number()
    let end = Int(try reader.number()) + 16
    while reader.position < end {
      reader.align(8)
      let code = try reader.byte()
      switch try reader.signature() {
      case "s", "o":
        let text = try reader.text()
        switch code {
        case 1: path = text
        case 2: interface = text
        case 3: member = text
        case 4: name = text
        case 6: destination = text
        default: break
        }
      case "u":
        let number = try reader.number()
        if code == 5 { answers = number }
      case "g":
        let text = try reader.signature()
        if code == 8 { signature = text }
      case let other: throw SystemdError("a header field of type \(other)")
      }
    }
    body = Array(bytes.suffix(count))
  }

  init(call member: String, serial: UInt32, signature: String, body: [UInt8]) {
    kind = .call
    self.serial = serial
    path = "/org/freedesktop/systemd1"
    interface = "org.freedesktop.systemd1.Manager"
    self.member = member
    destination = "org.freedesktop.systemd1"
    self.signature = signature
    self.body = body
  }
}
