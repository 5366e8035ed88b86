import Diagnostics

/// A stack file's text with every value beside a secret's name, and those named, as `***`.
struct MaskedText {
  private let source: SourceText
  /// Values of these are hidden too, whatever their names look like.
  private let names: Set<String>
  private var hidden: [Range<Int>] = []

  init(_ bytes: [UInt8], names: Set<String> = []) {
    source = SourceText(bytes)
    self.names = names
  }

  private func isSecret(_ name: String) -> Bool { names.contains(name) || SecretNames.isSecret(name) }

  /// Values that stand beside the name of a secret, and passwords in addresses.
  mutating func hideSecrets() {
    let origin = Origin(file: "", directory: "/", currentDirectory: "/", environment: Variables(), bytes: source.bytes)
    for document in parseYAML(source.bytes, origin, Report()) ?? [] { visit(document) }
  }

  /// The scalars that are this value, or end in it behind an equals sign.
  mutating func hide(_ value: [UInt8]) {
    let wanted = String(decoding: value, as: UTF8.self)
    let origin = Origin(file: "", directory: "/", currentDirectory: "/", environment: Variables(), bytes: source.bytes)
    for document in parseYAML(source.bytes, origin, Report()) ?? [] { visit(document, wanted) }
  }

  private mutating func visit(_ node: Node, _ wanted: String? = nil) {
    switch node.value {
    case .mapping(let mapping):
      for entry in mapping.entries {
        if wanted == nil, entry.value.text != nil, isSecret(entry.key) {
          hidden.append(source.scalar(at: entry.value.place))
        } else {
          visit(entry.value, wanted)
        }
      }
    case .sequence(let nodes): for item in nodes { visit(item, wanted) }
    case .null: break
    default:
      guard let text = node.text else { return }
      let token = source.scalar(at: node.place)
      if let wanted {
        // `$$` is how a dollar sign is written.
        let value = text.replacing("$$", with: "$")
        if value == wanted {
          hidden.append(token)
        } else if value.hasSuffix("=" + wanted) {
          hideAfterEquals(token)
        }
      } else if SecretNames.passwordInURL(text) != nil {
        hidden.append(token)
      } else if let equals = text.firstIndex(of: "="), isSecret(String(text[..<equals])) {
        hideAfterEquals(token)
      }
    }
  }

  private mutating func hideAfterEquals(_ token: Range<Int>) {
    guard let equals = source.bytes[token].firstIndex(of: UInt8(ascii: "=")) else { return }
    hidden.append(equals + 1..<token.upperBound)
  }

  var text: String {
    var bytes: [UInt8] = []
    var at = 0
    for range in hidden.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) where range.upperBound > at {
      if range.lowerBound >= at {
        bytes += source.bytes[at..<range.lowerBound]
        bytes += Array("***".utf8)
        // The line end of a block scalar belongs to the layout.
        let last = source.bytes[range].last
        if last == 0x0A || last == 0x0D { bytes += Array(source.lineEnd.utf8) }
      }
      at = range.upperBound
    }
    return String(decoding: bytes + source.bytes[at...], as: UTF8.self)
  }
}
