/// Why the store cannot do what it was asked. Never holds a value or a key.
public struct SecretStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    case notFound, exists, invalid
    /// A record was changed by somebody else than the store.
    case damaged
    /// The key is missing, is not this store's, or lies where others can read it.
    case locked
    /// The disk said no.
    case storage
  }
  public var kind: Kind
  public var message: String
  public var hint: String?
  public init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }
  public var description: String { message }

  static func missing(_ name: String) -> SecretStoreError {
    SecretStoreError(.notFound, "there is no secret \"\(name)\"", hint: "make it: muster secret create \(name) FILE")
  }

  static func damaged(_ name: String, version: Int, _ how: String) -> SecretStoreError {
    SecretStoreError(
      .damaged, "version \(version) of the secret \"\(name)\" \(how)",
      hint: "give it its value again (muster secret rotate \(name) FILE), or go back (muster secret rotate \(name) --to-version N)")
  }
}
