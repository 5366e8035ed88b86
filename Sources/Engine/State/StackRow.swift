import StackModel
import StateStore

/// What a project was last asked to be, and the sealed values that came from the caller's environment.
struct StackRow: StoredRecord, Equatable {
  static let table = "stacks"
  var key: String { stack.name.rawValue }
  var stack: Stack
  /// `secrets.NAME` → what `SecretVault` sealed.
  var sealedValues: [String: [UInt8]]
  /// The engine keeps it so: what is taken away is started again. nil: it does not.
  var isKept: Bool?
}
