import CLinux
import Glibc

/// A file system in the mount table of a process (`/proc/PID/mountinfo`, proc_pid_mountinfo(5)).
public struct MountedFileSystem: Equatable, Sendable {
  /// Where it is mounted, from the process's root.
  public var target: String
  public var device: UInt64

  /// The place where the root of the file system with this type and source is mounted; nil: nowhere.
  public static func find(type: String, source: String, of pid: Int32) throws(KernelError) -> MountedFileSystem? {
    let table = try Descriptor.open("/proc/\(pid)/mountinfo", O_RDONLY).readAll(limit: 16 << 20)
    return find(type: type, source: source, in: String(decoding: table, as: UTF8.self))
  }

  /// The same in a table that has been read.
  static func find(type: String, source: String, in table: String) -> MountedFileSystem? {
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 2, fields[3] == "/", fields[dash + 1] == type,
        unescaped(fields[dash + 2]) == source
      else { continue }
      let numbers = fields[2].split(separator: ":").compactMap { UInt32($0) }
      guard numbers.count == 2 else { continue }
      return MountedFileSystem(target: unescaped(fields[4]), device: clinux_makedev(numbers[0], numbers[1]))
    }
    return nil
  }

  /// Blanks and the like are written as `\040`.
  package static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3, let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
