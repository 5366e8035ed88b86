import Glibc
import LinuxKit

/// What /proc says of processes.
enum ProcessTable {
  /// When a process began, in ticks since boot, and its state's letter (proc_pid_stat(5)); nil when there is none.
  static func start(of pid: Int32) -> (time: UInt64, state: Character)? {
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let time = UInt64(fields[19]), let state = fields[0].first else { return nil }
    return (time, state)
  }

  static func text(_ path: String) -> String? {
    do throws(KernelError) {
      return String(decoding: try Descriptor.open(path, O_RDONLY).readAll(limit: 1 << 20), as: UTF8.self)
    } catch {
      return nil
    }
  }
}
