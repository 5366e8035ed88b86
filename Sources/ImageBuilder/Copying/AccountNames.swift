import LinuxKit

/// Users and groups by the names that an image's `/etc/passwd` and `/etc/group` give them.
enum AccountNames {
  /// Bytes above which such a file is not read.
  private static let limit = 8 << 20

  /// `user`, `user:group`, names or numbers. Without a group: the user's own, or the user's number.
  static func owner(_ text: String, in root: borrowing RootedDirectory) throws -> FileOwner {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let user = parts.first, !user.isEmpty, parts.count == 1 || !parts[1].isEmpty else {
      throw BuildError("'\(text)' is no owner", hint: "user, user:group, or their numbers")
    }
    var owner: FileOwner
    if let uid = number(user) {
      owner = FileOwner(uid: uid, gid: uid)
    } else {
      let fields = try entry(user, in: "/etc/passwd", of: root)
      guard let uid = number(fields, 2), let gid = number(fields, 3) else {
        throw BuildError("the image's /etc/passwd has no numbers for \(user)")
      }
      owner = FileOwner(uid: uid, gid: gid)
    }
    if parts.count == 2 {
      if let gid = number(parts[1]) {
        owner.gid = gid
      } else {
        guard let gid = number(try entry(parts[1], in: "/etc/group", of: root), 2) else {
          throw BuildError("the image's /etc/group has no number for \(parts[1])")
        }
        owner.gid = gid
      }
    }
    return owner
  }

  private static func number(_ text: String) -> UInt32? { UInt32(text).flatMap { $0 == .max ? nil : $0 } }
  private static func number(_ fields: [String], _ index: Int) -> UInt32? { fields.indices.contains(index) ? number(fields[index]) : nil }

  private static func entry(_ name: String, in file: String, of root: borrowing RootedDirectory) throws -> [String] {
    let bytes: [UInt8]
    do { bytes = try root.read(file, limit: limit) } catch {
      throw BuildError("'\(name)' cannot be looked up: \(file) of the image: \(error.reason)", hint: "use its number")
    }
    let wanted = Array(name.utf8)
    for line in bytes.split(separator: 0x0A) {
      let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
      if let first = fields.first, first.elementsEqual(wanted) { return fields.map { String(decoding: $0, as: UTF8.self) } }
    }
    throw BuildError("the image's \(file) has no '\(name)'", hint: "use its number")
  }
}
