import FoundationEssentials

/// JSON texts.
enum JSON {
  /// On one line.
  static func line(_ value: some Encodable) -> String { text(value, [.sortedKeys, .withoutEscapingSlashes]) }

  /// For people.
  static func pretty(_ value: some Encodable) -> String { text(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) }

  static func text(_ value: some Encodable) -> String { line(value) }

  static func read<Value: Decodable>(_ bytes: [UInt8], as type: Value.Type, name: String) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw Failure(name + ": " + words(error))
    }
  }

  private static func text(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format
    // Values of these programs have no number that JSON cannot say.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }

  private static func words(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
      (context.codingPath + [last].compactMap { $0 }).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context): return place(context, key) + " is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context): return place(context) + ": " + context.debugDescription
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "is not JSON: " + context.debugDescription : place(context) + ": " + context.debugDescription
    @unknown default: return "cannot be read"
    }
  }
}
