/// Runs a classic BPF program on a `struct seccomp_data` as the kernel does (`seccomp(2)`, kernel/seccomp.c), as far as libseccomp's programs go.
struct Interpreter {
  private let program: [(code: UInt16, whenTrue: Int, whenFalse: Int, value: UInt32)]

  init(_ bytes: [UInt8]) {
    program = stride(from: 0, to: bytes.count, by: 8).map { at in
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + 4 + $1]) << (8 * UInt32($1)) }
      return (UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8, Int(bytes[at + 2]), Int(bytes[at + 3]), word)
    }
  }

  var count: Int { program.count }

  struct Broken: Error { var at: Int }

  enum Answer: Equatable, Sendable {
    case allow
    case refuse(Int32)
    case kill
  }

  /// What the filter says of a call, and after how many instructions.
  func run(_ architecture: UInt32, _ number: UInt32, _ arguments: [UInt64] = []) throws -> (answer: Answer, steps: Int) {
    var words: [UInt32] = [number, architecture, 0, 0]
    for index in 0..<6 {
      let argument = index < arguments.count ? arguments[index] : 0
      words += [UInt32(truncatingIfNeeded: argument), UInt32(argument >> 32)]
    }
    var accumulator: UInt32 = 0
    var at = 0
    var steps = 0
    while at < program.count {
      let (code, whenTrue, whenFalse, value) = program[at]
      steps += 1
      at += 1
      func skip(_ holds: Bool) -> Int { holds ? whenTrue : whenFalse }
      switch code {
      case 0x20:
        guard value % 4 == 0, value < 64 else { throw Broken(at: at) }
        accumulator = words[Int(value / 4)]
      case 0x05: at += Int(value)
      case 0x15: at += skip(accumulator == value)
      case 0x25: at += skip(accumulator > value)
      case 0x35: at += skip(accumulator >= value)
      case 0x45: at += skip(accumulator & value != 0)
      case 0x54: accumulator &= value
      case 0x06:
        switch value & 0xffff_0000 {
        case 0x7fff_0000: return (.allow, steps)
        case 0x0005_0000: return (.refuse(Int32(value & 0xffff)), steps)
        default: return (.kill, steps)
        }
      default: throw Broken(at: at)
      }
    }
    throw Broken(at: at)
  }
}
