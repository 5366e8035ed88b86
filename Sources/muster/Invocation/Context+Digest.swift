import Glibc
import LinuxKit
import StackLoader

extension Context {
  /// Stands for the request that this command line makes of what was read: this program, its arguments, its environment, where and whose it is, and
  /// every file. Nil: this program does not find itself.
  func digest(of reader: NotingReader<some FileReader>) -> String? {
    var program = stat()
    guard stat("/proc/self/exe", &program) == 0 else { return nil }
    let identity = [
      "\(program.st_dev) \(program.st_ino) \(program.st_size) \(program.st_mtim.tv_sec).\(program.st_mtim.tv_nsec)",
      "\(getuid()) \(getgid())", currentDirectory(),
    ]
    let variables = environment.filter { $0.key != "MUSTER_TRACE" }.map { "\($0.key)=\($0.value)" }.sorted()
    return reader.digest(with: identity + ["\(CommandLine.arguments.count)"] + CommandLine.arguments + variables)
  }
}
