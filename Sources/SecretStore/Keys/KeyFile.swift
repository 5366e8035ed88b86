import Crypto
import Glibc
import LinuxKit
import SystemPackage

/// Files with keys: root's alone, or refused.
enum KeyFile {
  /// The keys of a file: the current one, and while it is being changed the former one after it.
  static func keys(_ path: String) throws(SecretStoreError) -> [SymmetricKey] {
    let bytes = try read(path, what: "the secrets' key file")
    guard bytes.count == 32 || bytes.count == 64 else {
      throw SecretStoreError(.locked, "the secrets' key file \(path) is damaged: it has \(bytes.count) bytes instead of 32")
    }
    return stride(from: 0, to: bytes.count, by: 32).map { SymmetricKey(data: bytes[$0..<$0 + 32]) }
  }

  /// Writes the keys; the current one first.
  static func write(_ keys: [SymmetricKey], _ path: String) throws {
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeDirectories(String(path[..<slash]), mode: 0o700) }
    try atomicWrite(FilePath(path), keys.flatMap(\.bytes), mode: 0o600)
  }

  /// The bytes of a passphrase file without a trailing newline.
  static func passphrase(_ path: String) throws(SecretStoreError) -> [UInt8] {
    var bytes = try read(path, what: "the secrets' passphrase file")
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard bytes.count >= 8 else { throw SecretStoreError(.locked, "the passphrase in \(path) is shorter than 8 bytes") }
    return bytes
  }

  /// 32 bytes, or 64 hexadecimal digits.
  static func credential(_ path: String) throws(SecretStoreError) -> SymmetricKey {
    var bytes = try read(path, what: "the secrets' key credential")
    if bytes.count == 65, bytes.last == 0x0A { bytes.removeLast() }
    if bytes.count == 64 { bytes = decodeHexadecimal(String(decoding: bytes, as: UTF8.self)) ?? [] }
    guard bytes.count == 32 else {
      throw SecretStoreError(.locked, "the credential \(path) is neither 32 bytes nor 64 hexadecimal digits")
    }
    return SymmetricKey(data: bytes)
  }

  /// Whether there is anything at the path.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Reads a regular file with one name that only its owner, this user, can read and change, in a directory that nobody else can change.
  private static func read(_ path: String, what: String) throws(SecretStoreError) -> [UInt8] {
    func refused(_ why: String, _ hint: String? = nil) -> SecretStoreError {
      SecretStoreError(.locked, "\(what) \(path) \(why)", hint: hint)
    }
    do {
      let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      let status = try file.status()
      guard status.kind == .regular else { throw refused("is not a regular file") }
      guard status.uid == geteuid() else { throw refused("does not belong to root", "chown root \(path)") }
      guard status.permissions & 0o077 == 0 else { throw refused("can be read by others", "chmod 600 \(path), and change the key") }
      guard status.links == 1 else { throw refused("has a second name (a hard link)") }
      try refuseSharedParent(of: path, what: "the directory of \(what)")
      return try file.readAll(limit: 4096)
    } catch let error as KernelError {
      if error.errno == ENOENT {
        throw refused("is missing", "bring it back: without it the secrets cannot be opened")
      }
      if error.errno == ELOOP { throw refused("is a symbolic link", "name the file itself") }
      throw refused("cannot be read: \(error.reason)")
    } catch let error as SecretStoreError {
      throw error
    } catch {
      throw refused("cannot be read: \(error)")
    }
  }

  /// A directory that others can write to lets them put another file there (unless it is sticky, as /tmp).
  static func refuseSharedParent(of path: String, what: String) throws {
    guard let slash = path.lastIndex(of: "/") else { return }
    let parent = slash == path.startIndex ? "/" : String(path[..<slash])
    let status = try Descriptor.open(parent, O_RDONLY | O_DIRECTORY).status()
    let isSafe = status.permissions & 0o022 == 0 || status.permissions & 0o1000 != 0
    guard isSafe, status.uid == geteuid() || status.uid == 0 else {
      throw SecretStoreError(.locked, "\(what), \(parent), can be changed by others", hint: "chown root \(parent) && chmod go-w \(parent)")
    }
  }
}
