import CLinux
import Glibc

/// Runs a program in this thread's network namespace and returns what it wrote to its standard output.
func run(_ program: String, _ arguments: String...) throws -> String {
  var pipe: [Int32] = [0, 0]
  // Close-on-exec from the first moment: a program that another test starts meanwhile must not hold our end open.
  guard clinux_pipe(&pipe, 0) == 0 else { throw SystemFailure(call: "pipe2(2)", errno: errno) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
  let words = ([program] + arguments).map { strdup($0) } + [nil]
  defer { words.forEach { free($0) } }
  var pid = pid_t()
  let code = posix_spawnp(&pid, program, &actions, nil, words, environ)
  close(pipe[1])
  defer { close(pipe[0]) }
  guard code == 0 else { throw SystemFailure(call: program, errno: code) }
  var output: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while case let count = read(pipe[0], &chunk, chunk.count), count > 0 { output += chunk[..<count] }
  var status: Int32 = 0
  waitpid(pid, &status, 0)
  guard status == 0 else { throw SystemFailure(call: program + " " + arguments.joined(separator: " "), errno: status) }
  return String(decoding: output, as: UTF8.self)
}
