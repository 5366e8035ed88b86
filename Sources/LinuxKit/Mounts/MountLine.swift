/// A line of a process's table of mounts (`/proc/PID/mountinfo`, proc_pid_mountinfo(5)).
package struct MountLine {
  /// `MAJOR:MINOR`.
  package var device: Substring
  /// What of its file system is mounted, as a path from that one's root.
  package var root: String
  /// Where, from the process's root.
  package var target: String
  package var type: Substring
  package var source: String
  /// The file system's own options.
  package var superOptions: [Substring]

  /// nil: the line is cut off.
  package init?(_ line: Substring) {
    let fields = line.split(separator: " ", omittingEmptySubsequences: false)
    guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 2 else { return nil }
    device = fields[2]
    root = Self.unescaped(fields[3])
    target = Self.unescaped(fields[4])
    type = fields[dash + 1]
    source = Self.unescaped(fields[dash + 2])
    superOptions = fields.count > dash + 3 ? fields[dash + 3].split(separator: ",") : []
  }

  /// Blanks and the like are written as `\040`.
  private static func unescaped(_ field: Substring) -> String {
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
