import Glibc
import Synchronization
import TestSupport

@testable import SecretStore

/// A store in a directory of a test's own, which can be opened anew, and told to die at a step.
final class StoreOfOurOwn: Sendable {
  let temporary: TemporaryDirectory
  let directory: String
  let keyFile: String
  private let dies = Mutex<String?>(nil)

  struct Died: Error {}

  init() throws {
    temporary = try TemporaryDirectory("secrets")
    directory = temporary("store")
    keyFile = temporary("key/secret.key")
  }

  /// As an engine that starts finds it.
  func open(_ source: KeySource? = nil, credentials: String? = nil) -> SecretStore {
    SecretStore(directory: directory, keySource: source, usual: .file(keyFile), credentials: credentials) { [self] step in
      if dies.withLock({ $0 == step }) { throw Died() }
    }
  }

  /// From now on a change of keys ends before this step.
  func die(before step: String?) { dies.withLock { $0 = step } }

  func path(_ name: String, _ version: Int = 1) -> String { "\(directory)/\(name)@\(version)" }

  /// Changes bytes of a file in place.
  func alter(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = try readFile(path)
    change(&bytes)
    try writeFile(path, bytes, mode: 0o600)
  }
}

/// The kind of the error that a body throws; nil: none, or another error.
func kind<Value>(_ body: () throws -> Value) -> SecretStoreError.Kind? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? SecretStoreError)?.kind
  }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
