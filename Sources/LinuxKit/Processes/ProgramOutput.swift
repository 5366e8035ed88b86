import CLinux
import Glibc

/// What a program wrote, and how it ended.
public struct ProgramOutput: Sendable {
  public var code: Int32
  public var output: [UInt8]
  /// The first bytes of standard error.
  public var errors: [UInt8]

  /// Runs a program in a session of its own, without a terminal, and reads what it writes through pipes: nothing of it reaches a disk.
  ///
  /// Waits, so that it is for a thread of its own. `ETIMEDOUT`: the program was killed after `seconds`; `EFBIG`: it wrote more than `limit` bytes.
  ///
  /// - Parameters:
  ///   - arguments: The program's path first.
  ///   - input: Becomes its standard input.
  public static func of(
    _ arguments: [String], environment: [String: String], input: borrowing Descriptor, limit: Int, seconds: Int
  ) throws(KernelError) -> ProgramOutput {
    let running = try spawn(arguments, environment, input: input.number)
    let pid = running.pid
    var streams = [Stream(running.output, limit: limit), Stream(running.errors, limit: 4096)]
    let failure = read(&streams, until: monotonicSeconds() + seconds)
    if failure != 0 { kill(pid, SIGKILL) }
    let end = try Process.reap(pid, waits: true)
    guard failure == 0 else { throw KernelError("read(2)", errno: failure, operands: [arguments.first ?? ""]) }
    return ProgramOutput(code: end?.code ?? 255, output: streams[0].bytes, errors: streams[1].bytes)
  }

  private struct Stream {
    let descriptor: SharedDescriptor
    let limit: Int
    var bytes: [UInt8] = []
    var isOpen = true
    init(_ descriptor: SharedDescriptor, limit: Int) {
      self.descriptor = descriptor
      self.limit = limit
    }
  }

  /// Starts it; only it has the pipes' other ends then.
  private static func spawn(
    _ arguments: [String], _ environment: [String: String], input: Int32
  ) throws(KernelError) -> (pid: pid_t, output: SharedDescriptor, errors: SharedDescriptor) {
    let output = try DescriptorPair.pipe().shared()
    let errors = try DescriptorPair.pipe().shared()
    // Copies above the numbers they go to, so that none overwrites another.
    var copies: [SharedDescriptor] = []
    for number in [input, output.second.number, errors.second.number] {
      copies.append(SharedDescriptor(try Descriptor.duplicate(number, atLeast: 16)))
    }
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var pid: pid_t = 0
    let numbers = copies.map(\.number)
    let failure = clinux_spawn_session(&pid, arguments.first ?? "", words, variables, numbers, Int32(numbers.count))
    if failure != 0 { throw KernelError("posix_spawn(3)", errno: failure, operands: [arguments.first ?? ""]) }
    return (pid, output.first, errors.first)
  }

  /// Reads both to their ends; an error number when it takes or is too much. What is too much of the errors is only left out.
  private static func read(_ streams: inout [Stream], until end: Int) -> Int32 {
    var chunk = [UInt8](repeating: 0, count: 16384)
    defer { chunk.withUnsafeMutableBytes { buffer in if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) } } }
    while streams.contains(where: \.isOpen) {
      var waited = streams.map { pollfd(fd: $0.isOpen ? $0.descriptor.number : -1, events: Int16(POLLIN), revents: 0) }
      let left = end - monotonicSeconds()
      if left <= 0 { return ETIMEDOUT }
      if poll(&waited, nfds_t(waited.count), Int32(left * 1000)) < 0, errno != EINTR { return errno }
      for index in streams.indices where streams[index].isOpen && waited[index].revents != 0 {
        let count = chunk.withUnsafeMutableBytes { Glibc.read(streams[index].descriptor.number, $0.baseAddress, $0.count) }
        if count < 0 {
          if errno == EINTR || errno == EAGAIN { continue }
          return errno
        }
        if count == 0 { streams[index].isOpen = false }
        let room = streams[index].limit - streams[index].bytes.count
        if count > room, index == 0 { return EFBIG }
        streams[index].bytes += chunk[..<min(count, room)]
      }
    }
    return 0
  }

  private static func monotonicSeconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec
  }
}
