import Diagnostics

extension Fields {
  /// A value that is right and cannot be honoured; going without it would weaken isolation, lose data or change who is reached.
  func refuse(_ key: String, _ value: Node, hint: String) {
    report.finding(
      Finding(field: field(key), support: .unsupported), .error, value.place,
      "\(subject): \(key) \(value.text.map { "\"\($0)\" " } ?? "")is not supported yet by this version", hint: hint)
  }

  /// A value that is right and honoured in another way, or is a hint that changes nothing.
  func remark(_ key: String, _ support: Finding.Support, _ place: Place, _ message: String, hint: String) {
    report.finding(Finding(field: field(key), support: support), .warning, place, "\(subject): \(message)", hint: hint)
  }
}
