import Foundation

/// A program with its arguments, as it will be run.
struct Command {
  var words: [String]
  var environment: [String: String]
  var directory: String

  init(_ words: [String], environment: [String: String] = [:], directory: String = "/") {
    self.words = words
    self.environment = environment
    self.directory = directory
  }

  /// Starts it; its output and errors go to the file.
  func spawn(output: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var variables = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"]
    for name in ["PATH", "TMPDIR"] { variables[name] = ProcessInfo.processInfo.environment[name] ?? variables[name] }
    variables.merge(environment) { _, new in new }
    var argv = words.map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    // This program has one thread, and no use for its own directory.
    guard chdir(directory) == 0 else { throw Failure("\(directory): \(String(cString: strerror(errno)))") }
    let error = posix_spawnp(&pid, words[0], &actions, nil, &argv, &envp)
    guard error == 0 else { throw Failure("\(words[0]): \(String(cString: strerror(error)))") }
    return pid
  }

  /// Runs it to its end. What it writes goes to a file, that is given to `read` or becomes the outcome's text.
  ///
  /// - Throws: `Failure`, with the end of what it wrote, when its status is not 0.
  @discardableResult
  func run(reading read: ((_ file: String) throws -> Void)? = nil) throws -> Outcome {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)").path
    defer { unlink(file) }
    let begin = now()
    let status = wait(for: try spawn(output: file))
    let seconds = now() - begin
    guard status == 0 else { throw Failure("\(words.joined(separator: " ")) ended with status \(status):\n\(end(of: file))") }
    if let read {
      try read(file)
      return Outcome(output: "", seconds: seconds)
    }
    return Outcome(output: (try? String(contentsOfFile: file, encoding: .utf8)) ?? "", seconds: seconds)
  }

  private func end(of file: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: file), let size = try? handle.seekToEnd() else { return "" }
    try? handle.seek(toOffset: size > 2000 ? size - 2000 : 0)
    return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
  }
}

/// What a program did that ended well.
struct Outcome {
  var output: String
  /// Wall time from before it was started until after it had ended.
  var seconds: Double

  /// The output, when it is a number above 0 and nothing else.
  var number: Double {
    get throws {
      guard let value = Double(output.trimmingCharacters(in: .whitespacesAndNewlines)), value > 0 else {
        throw Failure("\(output) is not a number above 0")
      }
      return value
    }
  }
}

struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

@discardableResult
func run(_ words: [String], directory: String = "/") throws -> Outcome { try Command(words, directory: directory).run() }

/// Runs them all at once to their ends, and returns what each wrote.
func together(_ commands: [Command]) throws -> [String] {
  let files = commands.map { _ in FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID().uuidString)").path }
  defer { for file in files { unlink(file) } }
  let pids = try zip(commands, files).map { try $0.spawn(output: $1) }
  let statuses = pids.map { wait(for: $0) }
  return try zip(zip(commands, files), statuses).map { started, status in
    let output = (try? String(contentsOfFile: started.1, encoding: .utf8)) ?? ""
    guard status == 0 else {
      throw Failure("\(started.0.words.joined(separator: " ")) ended with status \(status):\n\(output.suffix(2000))")
    }
    return output
  }
}

/// The process's exit status; that of a signal is above 255.
func wait(for pid: pid_t) -> Int32 {
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
  return status & 0x7F == 0 ? (status >> 8) & 0xFF : status << 8
}

/// Seconds of a clock that only goes on.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
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
