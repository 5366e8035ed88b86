import Glibc
package import LinuxKit

/// Who a process becomes.
package struct Account {
  package var uid: UInt32
  package var gid: UInt32
  /// All groups, the primary one first.
  package var groups: [UInt32]
  package var home: String
}

/// Users and groups of a container's own passwd and group files, read with a bound: nobody vouches for them.
package enum Accounts {
  /// The longest file that is read, in bytes.
  private static let limit = 4 << 20
  /// The most groups that a process gets; the kernel takes 65,536.
  private static let mostGroups = 1024

  /// `user`, `uid`, `user:group`, `uid:gid`; empty is root. As Docker: without `:group` the user's groups of the group file too.
  package static func account(_ text: String, _ additional: [String], _ root: borrowing RootedDirectory) throws -> Account {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let user = parts.first.flatMap { $0.isEmpty ? nil : $0 } ?? "0"
    let group = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
    let number = id(user)
    // Who is a number needs no file: one that the container has made unreadable keeps nobody out (as runc).
    let passwd = try lines("/etc/passwd", root, isNeeded: number == nil)
    // A name that is a number means the number, whatever an image has called its users.
    let entry = find(passwd, 7) { number == nil ? equal($0[0], user) : id($0[2]) == number }
    guard let uid = entry.flatMap({ id($0[2]) }) ?? number else {
      throw SetupProblem(errno: EINVAL, "unable to find user \(user): no matching entries in passwd file")
    }
    let file =
      group == nil && entry == nil && additional.isEmpty
      ? [] : try lines("/etc/group", root, isNeeded: number == nil || ([group].compactMap { $0 } + additional).contains { id($0) == nil })
    let gid = try group.map { try groupID($0, file) } ?? entry.flatMap { id($0[3]) } ?? 0
    var groups = [gid]
    if group == nil, let name = entry?[0] {
      for line in file.split(separator: UInt8(ascii: "\n")) {
        let fields = self.fields(line)
        guard fields.count >= 4, let gid = id(fields[2]), groups.count < mostGroups else { continue }
        if fields[3].split(separator: UInt8(ascii: ",")).contains(where: { $0.elementsEqual(name) }) { groups.append(gid) }
      }
    }
    for name in additional { groups.append(try groupID(name, file)) }
    var seen: Set<UInt32> = []
    let home = entry.map { String(decoding: $0[5], as: UTF8.self) } ?? ""
    return Account(uid: uid, gid: gid, groups: groups.filter { seen.insert($0).inserted }, home: home.isEmpty ? "/" : home)
  }

  /// A user's number; empty is 0.
  static func userID(_ user: String, _ root: borrowing RootedDirectory) throws -> UInt32 {
    if let number = user.isEmpty ? 0 : id(user) { return number }
    let passwd = try lines("/etc/passwd", root)
    guard let uid = find(passwd, 4, { equal($0[0], user) }).flatMap({ id($0[2]) }) else {
      throw SetupProblem(errno: EINVAL, "unable to find user \(user): no matching entries in passwd file")
    }
    return uid
  }

  /// A group's number; empty is 0.
  static func groupID(_ group: String, _ root: borrowing RootedDirectory) throws -> UInt32 {
    if let number = group.isEmpty ? 0 : id(group) { return number }
    return try groupID(group, try lines("/etc/group", root))
  }

  private static func groupID(_ group: String, _ file: [UInt8]) throws -> UInt32 {
    if let number = id(group) { return number }
    guard let gid = find(file, 3, { equal($0[0], group) }).flatMap({ id($0[2]) }) else {
      throw SetupProblem(errno: EINVAL, "unable to find group \(group): no matching entries in group file")
    }
    return gid
  }

  /// The file's bytes; none when there is no file, or when it cannot be read and is not needed.
  private static func lines(_ path: String, _ root: borrowing RootedDirectory, isNeeded: Bool = true) throws -> [UInt8] {
    do throws(KernelError) {
      return try root.read(path, limit: limit)
    } catch {
      if error.errno == ENOENT || error.errno == ENOTDIR || !isNeeded { return [] }
      throw SetupProblem(errno: error.errno, "\(path) of the container cannot be read: \(error.reason)")
    }
  }

  private typealias Field = ArraySlice<UInt8>

  private static func fields(_ line: Field) -> [Field] {
    line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
  }

  /// The first line with so many fields of which `matches` is true; a line with fewer or without name counts for nothing.
  private static func find(_ file: [UInt8], _ count: Int, _ matches: ([Field]) -> Bool) -> [Field]? {
    for line in file.split(separator: UInt8(ascii: "\n")) {
      let fields = self.fields(line)
      if fields.count >= count, !fields[0].isEmpty, id(fields[2]) != nil, matches(fields) { return fields }
    }
    return nil
  }

  private static func equal(_ field: Field, _ text: String) -> Bool { field.elementsEqual(text.utf8) }

  /// A number as decimal digits without sign and leading zeros, at most 2,147,483,647.
  private static func id(_ text: String) -> UInt32? { id(Array(text.utf8)[...]) }

  private static func id(_ digits: Field) -> UInt32? {
    guard (1...10).contains(digits.count), digits.count == 1 || digits.first != 0x30 else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + UInt64(byte - 0x30)
    }
    return value <= 2_147_483_647 ? UInt32(value) : nil
  }
}
