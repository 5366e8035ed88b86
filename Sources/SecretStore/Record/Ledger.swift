import Crypto
import FoundationEssentials
import Glibc
import LinuxKit
import SystemPackage

/// What the newest version of each secret is, and what was removed: a record that vanishes, and one that comes back, are told.
///
/// A line a change, each with a code (HMAC-SHA256, 16 bytes) over itself and the one before it, under a key of the store. Whoever puts an older ledger back with
/// the records that fit it is not found out: that takes something outside of the directory.
struct Ledger {
  static let name = "ledger"
  private static let codeLength = 16
  private static let limit = 64 << 20

  private let key: SymmetricKey
  private(set) var newest: [String: Int] = [:]
  /// When secrets were removed that have not been made again; nanoseconds since 1970.
  private(set) var removed: [String: Int64] = [:]
  private var last: [UInt8] = []
  private(set) var lines = 0

  enum Change: Equatable {
    case added(String, Int)
    case removed(String, Int64)

    fileprivate var text: String {
      switch self {
      case .added(let name, let version): "+ \(name) \(version)"
      case .removed(let name, let time): "- \(name) \(time)"
      }
    }
  }

  init(key: SymmetricKey) { self.key = key }

  /// Reads one. A last line that is cut off, as by a power cut, does not count; anything else that is not right is `NotOpened`.
  ///
  /// - Returns: nil: there is none. `isWhole`: nothing was cut off.
  static func read(_ place: borrowing Descriptor, key: SymmetricKey) throws -> (ledger: Ledger, isWhole: Bool)? {
    let bytes: [UInt8]
    do throws(KernelError) {
      let file = try place.open(at: name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      guard try file.status().kind == .regular else { throw KernelError("open(2)", errno: EINVAL, operands: [name]) }
      bytes = try file.readAll(limit: limit)
    } catch {
      if error.errno == ENOENT { return nil }
      throw NotOpened()
    }
    var ledger = Ledger(key: key)
    var parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let rest = parts.popLast() ?? []
    for line in parts { try ledger.take(Array(line)) }
    return (ledger, rest.isEmpty)
  }

  private mutating func take(_ line: [UInt8]) throws(NotOpened) {
    let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 4, let number = Int64(words[2]) else { throw NotOpened() }
    let change: Change =
      switch words[0] {
      case "+": .added(String(words[1]), Int(number))
      case "-": .removed(String(words[1]), number)
      default: throw NotOpened()
      }
    guard note(change).elementsEqual(line) else { throw NotOpened() }
  }

  /// Takes a change in and gives its line, without the line end.
  private mutating func note(_ change: Change) -> [UInt8] {
    let text = Array(change.text.utf8)
    last = Array(HMAC<SHA256>.authenticationCode(for: last + text, using: key).prefix(Self.codeLength))
    lines += 1
    switch change {
    case .added(let name, let version):
      newest[name] = version
      removed[name] = nil
    case .removed(let name, let time):
      newest[name] = nil
      removed[name] = time
    }
    return text + [0x20] + Array(hexadecimal(last).utf8)
  }

  /// Writes a change behind the others. When it throws, nothing has changed.
  mutating func append(_ change: Change, _ place: borrowing Descriptor) throws(KernelError) {
    var next = self
    let line = next.note(change) + [0x0A]
    let file = try place.open(at: Self.name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
    let before = try file.status().size
    do throws(KernelError) {
      let number = file.number
      let count = line.withUnsafeBytes { pwrite(number, $0.baseAddress, $0.count, off_t(before)) }
      guard count == line.count else {
        throw count < 0 ? KernelError.last("pwrite(2)", [Self.name]) : KernelError("pwrite(2)", errno: ENOSPC)
      }
      if fdatasync(number) != 0 { throw KernelError.last("fdatasync(2)", [Self.name]) }
    } catch {
      ftruncate(file.number, off_t(before))
      throw error
    }
    self = next
  }

  /// The same said in as few lines as it takes.
  func compacted() -> (ledger: Ledger, bytes: [UInt8]) {
    var fresh = Ledger(key: key)
    var bytes: [UInt8] = []
    for (name, version) in newest.sorted(by: { $0.key < $1.key }) { bytes += fresh.note(.added(name, version)) + [0x0A] }
    for (name, time) in removed.sorted(by: { $0.key < $1.key }) { bytes += fresh.note(.removed(name, time)) + [0x0A] }
    return (fresh, bytes)
  }

  /// Most lines say what no longer counts.
  var isLong: Bool { lines > 1000 + 4 * (newest.count + removed.count) }

  mutating func accept(_ name: String, _ version: Int) { _ = note(.added(name, version)) }
}
