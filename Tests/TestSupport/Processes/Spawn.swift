import Glibc

/// `POSIX_SPAWN_SETSID` of spawn.h, which Swift does not see.
private let setSession: Int32 = 0x80

/// Starts a program in a session of its own, with default signals; closes the program's ends here. Other descriptors are close-on-exec.
func spawn(_ command: [String], environment: [String: String], directory: String?, ends: StreamEnds) throws -> Int32 {
  defer { for end in ends.forProgram { close(end) } }
  // spawn.h's own way to another directory is hidden from Swift too.
  let command = directory.map { ["env", "-C", $0] + command } ?? command
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  if let terminal = ends.terminal {
    // The first terminal that a session leader opens becomes its controlling one.
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
  } else {
    for (number, end) in ends.forProgram.enumerated() { posix_spawn_file_actions_adddup2(&actions, end, Int32(number)) }
  }

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  posix_spawnattr_setsigmask(&attributes, &none)
  var all = sigset_t()
  sigfillset(&all)
  posix_spawnattr_setsigdefault(&attributes, &all)
  posix_spawnattr_setflags(&attributes, Int16(setSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

  var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
  var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for pointer in arguments + variables { free(pointer) } }
  var pid: pid_t = 0
  let result = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, &variables)
  guard result == 0 else {
    errno = result
    throw SystemFailure("posix_spawn \(command.joined(separator: " "))")
  }
  return pid
}

/// Runs a body that blocks on a thread of its own, off Swift's pool, which on two cores has two.
func onThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(body))
  let result = pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  precondition(result == 0, "pthread_create: \(String(cString: strerror(result)))")
  pthread_detach(thread)
}
