/// A field that is written only where it says something: a value that is ``Unsaid/unsaid`` is left out, and what is left out is read as that.
///
/// Most containers ask for few of the many things that can be asked for, and their specifications go over the engine's socket and into its state.
///
/// Of any value: a requirement here would be looked up at run time, once for each value's type and each time among all conformances of the program,
/// which a command that takes 8 ms feels.
@propertyWrapper public struct WhereSaid<Value> {
  public var wrappedValue: Value
  public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
}

extension WhereSaid: Sendable where Value: Sendable {}
extension WhereSaid: Equatable where Value: Equatable {}
extension WhereSaid: Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}
extension WhereSaid: Decodable where Value: Decodable {
  public init(from decoder: any Decoder) throws { wrappedValue = try Value(from: decoder) }
}

/// A value that says nothing when it is ``unsaid``.
public protocol Unsaid: Codable, Equatable {
  static var unsaid: Self { get }
}

extension Bool: Unsaid { public static var unsaid: Bool { false } }
extension Array: Unsaid where Element: Codable & Equatable { public static var unsaid: [Element] { [] } }
extension Dictionary: Unsaid where Key: Codable, Value: Codable & Equatable {
  public static var unsaid: [Key: Value] { [:] }
}

// What the compiler writes for a type with such fields calls these.
extension KeyedEncodingContainer {
  mutating func encode<Value: Unsaid>(_ field: WhereSaid<Value>, forKey key: Key) throws {
    if field.wrappedValue != Value.unsaid { try encode(field.wrappedValue, forKey: key) }
  }
}

extension KeyedDecodingContainer {
  func decode<Value: Unsaid>(_ type: WhereSaid<Value>.Type, forKey key: Key) throws -> WhereSaid<Value> {
    WhereSaid(wrappedValue: try decodeIfPresent(Value.self, forKey: key) ?? Value.unsaid)
  }
}
