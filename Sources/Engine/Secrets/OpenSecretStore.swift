import Backend
import Glibc
import SecretStore

extension EngineLocation {
  /// The secrets of this engine. `keySource`: where their key is, as `KeySource` writes it; nil: where it was, or the usual file, which is not beside
  /// what it opens: a copy of `/var/lib/muster` alone opens nothing.
  func secretStore(keySource text: String?) throws -> SecretStore {
    var source: KeySource?
    if let text, !text.isEmpty {
      guard let found = KeySource(text) else {
        throw EngineError(
          .invalid, subject: "MUSTER_SECRETS_KEY", "\"\(text)\" is not a place for the secrets' key",
          hint: "write file:/PATH, passphrase:/PATH of a file, or credential:NAME")
      }
      source = found
    }
    let usual = root == Self.defaultRoot ? "/etc/muster/secret.key" : root + "/secret.key"
    return SecretStore(
      directory: root + "/secrets", keySource: source, usual: .file(usual),
      credentials: getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) })
  }

  /// The file with the identities for secrets that `age` has encrypted: `MUSTER_AGE_IDENTITY`, or one beside the usual key.
  var ageIdentity: String {
    if let named = getenv("MUSTER_AGE_IDENTITY").map({ String(cString: $0) }), named.hasPrefix("/") { return named }
    return root == Self.defaultRoot ? "/etc/muster/age.key" : root + "/age.key"
  }
}
