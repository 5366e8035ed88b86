/// A value of a unit's property.
public enum BusValue: Sendable, Equatable {
  case text(String)
  case flag(Bool)
  case number(UInt64)
  case signed(Int32)
  case numbers([UInt32])
  case texts([String])
  case bytes([UInt8])

  /// As D-Bus writes its type.
  var signature: String {
    switch self {
    case .text: "s"
    case .flag: "b"
    case .number: "t"
    case .signed: "i"
    case .numbers: "au"
    case .texts: "as"
    case .bytes: "ay"
    }
  }
}
