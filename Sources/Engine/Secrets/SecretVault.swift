import Backend
import Crypto
import FoundationEssentials
import Glibc
import LinuxKit
import SystemPackage

/// Seals values for the database and tells whether a secret changed without telling what it is.
///
/// One 256-bit key a machine, in a file only root can read; AES-256-GCM with the value's name as additional data, so that a record cannot be
/// moved to another name.
public struct SecretVault: Sendable {
  private let key: SymmetricKey

  /// Reads the key, or makes it.
  public init(keyFile: String) throws {
    if let bytes = try Self.read(keyFile) {
      guard bytes.count == 32 else {
        throw EngineError(.internal, subject: keyFile, "the secret key is damaged: it has \(bytes.count) bytes instead of 32")
      }
      key = SymmetricKey(data: bytes)
    } else {
      key = SymmetricKey(size: .bits256)
      try atomicWrite(FilePath(keyFile), key.withUnsafeBytes { Array($0) }, mode: 0o600)
    }
  }

  /// Seals the value under its name.
  func seal(_ value: [UInt8], name: String) throws -> [UInt8] {
    guard let box = try AES.GCM.seal(value, using: key, authenticating: Array(name.utf8)).combined else {
      throw EngineError(.internal, subject: name, "the value could not be sealed")
    }
    return Array(box)
  }

  /// Opens what `seal` made under the same name.
  func open(_ sealed: [UInt8], name: String) throws -> [UInt8] {
    do {
      return Array(try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Array(name.utf8)))
    } catch {
      throw EngineError(
        .internal, subject: name, "the sealed value is damaged, or was sealed under another key", hint: "run `muster up` again")
    }
  }

  /// Sixteen hexadecimal digits that change with the content and mean nothing without the key.
  func fingerprint(_ value: [UInt8], name: String) -> String {
    var code = HMAC<SHA256>(key: key)
    code.update(data: Array(name.utf8) + [0])
    code.update(data: value)
    return code.finalize().prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func read(_ path: String) throws -> [UInt8]? {
    do {
      return try RegularFile.read(path, limit: 4096)
    } catch  where error == .missing {
      return nil
    }
  }
}
