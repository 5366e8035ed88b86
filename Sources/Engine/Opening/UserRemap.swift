import Backend
import Glibc
import LinuxKit
import StackModel

/// The engine's setting `userns-remap`, as dockerd's: `default`, `USER`, `USER:GROUP`, `UID` or `UID:GID`. It names whose subordinate numbers of
/// /etc/subuid and /etc/subgid containers get.
struct UserRemap {
  /// The files that it is looked up in.
  struct Files {
    var passwd = "/etc/passwd"
    var group = "/etc/group"
    var subuid = "/etc/subuid"
    var subgid = "/etc/subgid"
  }

  /// Docker's user of `default`.
  static let defaultUser = "dockremap"
  /// The setting's name in messages.
  static let subject = "userns-remap"

  /// The numbers that a setting means; nil: containers have the host's, which is so without the setting.
  static func mapping(_ setting: String?, _ files: Files = Files()) throws(EngineError) -> UserMapping? {
    guard let setting, !setting.isEmpty else { return nil }
    let parts = (setting == "default" ? defaultUser : setting)
      .split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
    guard (1...2).contains(parts.count), !parts.contains(where: \.isEmpty) else {
      throw EngineError(
        .invalid, subject: subject, "\"\(setting)\" is neither default nor USER, USER:GROUP, UID or UID:GID",
        hint: "write default, for the numbers of \(defaultUser) in \(files.subuid) and \(files.subgid)")
    }
    let names = aliases(parts[0], in: files.passwd)
    // The second file is one of users too (subgid(5)), though many have written the group there.
    let groups = names + (parts.count > 1 ? aliases(parts[1], in: files.group) : [])
    return UserMapping(
      users: try ranges(of: names, in: files.subuid), groups: try ranges(of: groups, in: files.subgid))
  }

  /// A user or group by name and by number, as far as the file knows it; first what was written.
  private static func aliases(_ word: String, in path: String) -> [String] {
    for line in lines(path) where line.count >= 3 {
      if line[0] == word { return [word, line[2]] }
      if line[2] == word { return [word, line[0]] }
    }
    return [word]
  }

  /// All numbers that the lines of these names give, one range behind the other as inside so outside.
  private static func ranges(of names: [String], in path: String) throws(EngineError) -> [UserMapping.Range] {
    var found: [(first: UInt32, count: UInt32)] = []
    for line in lines(path) where line.count >= 3 && names.contains(line[0]) {
      guard let first = UInt32(line[1]), let count = UInt32(line[2]), count > 0, first <= .max - count else {
        throw EngineError(
          .invalid, subject: subject, "\(path): \"\(line.joined(separator: ":"))\" is not NAME:FIRST:COUNT",
          hint: "write \(names[0]):165536:65536")
      }
      if first == 0 {
        throw EngineError(
          .invalid, subject: subject, "\(path): \"\(line.joined(separator: ":"))\" gives containers the host's root",
          hint: "give numbers that nobody has on the host, as \(names[0]):165536:65536")
      }
      found.append((first, count))
    }
    if found.isEmpty {
      throw EngineError(
        .notFound, subject: subject, "\(path) has no numbers for \(names.joined(separator: ", nor for "))",
        hint: "add the line \"\(names[0]):\(free(in: path)):65536\" to \(path)")
    }
    var inside: UInt32 = 0
    var ranges: [UserMapping.Range] = []
    for (first, count) in found.sorted(by: { $0.first < $1.first }) {
      if let last = ranges.last, first < last.outside + last.count {
        throw EngineError(
          .invalid, subject: subject, "\(path): two ranges for \(names[0]) have \(first) in common", hint: "give each number once")
      }
      ranges.append(UserMapping.Range(inside: inside, outside: first, count: count))
      let (next, isOver) = inside.addingReportingOverflow(count)
      if isOver { break }
      inside = next
    }
    return ranges
  }

  /// The first number above all that are given away.
  private static func free(in path: String) -> UInt64 {
    let ends = lines(path).compactMap { line -> UInt64? in
      guard line.count >= 3, let first = UInt32(line[1]), let count = UInt32(line[2]) else { return nil }
      return UInt64(first) + UInt64(count)
    }
    return max(ends.max() ?? 0, 165_536)
  }

  /// The fields of each line that is no comment; none when there is no such file.
  private static func lines(_ path: String) -> [[String]] {
    guard let bytes = try? Descriptor.open(path, O_RDONLY).readAll(limit: 4 << 20) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      line.split(separator: ":", omittingEmptySubsequences: false).map { $0.filter { !$0.isWhitespace } }
    }
  }
}
