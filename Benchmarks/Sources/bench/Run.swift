import Foundation

/// What a program did.
struct Outcome {
  var status: Int32
  var output: String
  /// Wall time from before it was started until after it had ended.
  var seconds: Double
}

struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Seconds of a clock that only goes on.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Starts a program; its output and errors go to the file.
func spawn(_ arguments: [String], environment: [String: String] = [:], directory: String = "/", output: String) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_adddup2(&actions, 1, 2)
  let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
  let pairs = ["PATH": path, "HOME": "/root"].merging(environment) { _, new in new }.map { "\($0)=\($1)" }
  var argv = arguments.map { strdup($0) } + [nil]
  var envp = pairs.map { strdup($0) } + [nil]
  defer { for text in argv + envp { free(text) } }
  var pid: pid_t = 0
  // This program has one thread, and no use for its own directory.
  guard chdir(directory) == 0 else { throw Failure("\(directory): \(String(cString: strerror(errno)))") }
  let error = posix_spawnp(&pid, arguments[0], &actions, nil, &argv, &envp)
  guard error == 0 else { throw Failure("\(arguments[0]): \(String(cString: strerror(error)))") }
  return pid
}

/// Runs a program to its end.
///
/// - Throws: `Failure`, with all that it wrote, when its status is not 0.
@discardableResult
func run(_ arguments: [String], environment: [String: String] = [:], directory: String = "/") throws -> Outcome {
  let file = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)").path
  defer { unlink(file) }
  let begin = now()
  let pid = try spawn(arguments, environment: environment, directory: directory, output: file)
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
  let seconds = now() - begin
  let output = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
  guard status == 0 else { throw Failure("\(arguments.joined(separator: " ")) ended with status \(status):\n\(output.suffix(2000))") }
  return Outcome(status: status, output: output, seconds: seconds)
}

/// Tries until it does not throw, for at most so many seconds.
func eventually<Value>(within limit: Double = 60, _ body: () throws -> Value) throws -> Value {
  let end = now() + limit
  while true {
    do { return try body() } catch {
      if now() > end { throw error }
      usleep(1000)
    }
  }
}
