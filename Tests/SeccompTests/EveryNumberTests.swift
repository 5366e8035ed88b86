import CLinux
import CProbe
import CSeccomp
import Glibc
import LinuxKit
import Testing

@testable import Seccomp

/// Every number that the default filter refuses is refused by the kernel, with the same error, in every ABI that the machine runs, whether the image is
/// made for it or not. What it allows is not called: that would do something.
@Suite struct EveryNumberTests {
  private static let usual = CapabilitySet(rawValue: 0xa804_25fb)

  @Test(arguments: ["amd64", "386"]) func asTheKernelAnswers(imageArchitecture: String) throws {
    let foreign = ForeignABI(imageArchitecture: imageArchitecture)
    let program = try defaultFilter(capabilities: Self.usual, foreign: foreign)
    let interpreter = Interpreter(program)
    // clone and its like look at their arguments, all of which are -1.
    let arguments = [UInt64](repeating: .max, count: 6)
    var calls: [Call] = []
    for (abi, token, base) in Self.abis {
      for number in 0...UInt32(511) where !(base == 0 && token == cseccomp_arch_x86_64() && Self.unfiltered.contains(number)) {
        if case .refuse(let errno) = try interpreter.run(
          token, base + number, abi == .i386 ? arguments.map { $0 & 0xffff_ffff } : arguments
        ).answer {
          calls.append(Call(abi: abi, number: base + number, errno: errno))
        }
      }
    }
    // Some 70 calls of the machine's own and the numbers without a call; of an ABI that is not there every one.
    #expect(calls.count > (foreign == nil ? 1024 + 200 : 600))
    let answers = try self.answers(to: calls, under: program)
    for (call, answer) in zip(calls, answers) { #expect(answer == -call.errno, "\(call)") }
  }

  /// x86-64's uretprobe and uprobe, which the kernel takes past every filter since 6.11 and 6.14: they do nothing but where a tracer has put them.
  private static let unfiltered: Set<UInt32> = [335, 336]

  private enum ABI { case native, i386 }

  private struct Call {
    var abi: ABI
    var number: UInt32
    var errno: Int32
  }

  private static var abis: [(ABI, UInt32, UInt32)] {
    #if arch(x86_64)
      [
        (.native, cseccomp_arch_x86_64(), 0), (.native, cseccomp_arch_x86_64(), 0x4000_0000), (.i386, cseccomp_arch_x86(), 0),
      ]
    #else
      [(.native, Architecture.native.token, 0)]
    #endif
  }

  /// Asks in a child that confines itself. It shares the table of answers and calls nothing but the kernel.
  private func answers(to calls: [Call], under program: [UInt8]) throws -> [Int32] {
    let size = calls.count * MemoryLayout<Int32>.stride
    let shared = try #require(mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
    defer { munmap(shared, size) }
    let table = shared.bindMemory(to: Int32.self, capacity: calls.count)
    let status = try calls.withUnsafeBufferPointer { calls in
      try program.withUnsafeBytes { raw in
        let pid = try Process.clone()
        if pid == 0 {
          if clinux_prctl(Int32(CLINUX_PR_SET_NO_NEW_PRIVS), 1, 0, 0, 0) != 0 { _exit(100) }
          if clinux_seccomp_load(raw.baseAddress, raw.count / 8, 0) != 0 { _exit(101) }
          for index in 0..<calls.count {
            let number = calls[index].number
            table[index] = Int32(truncatingIfNeeded: calls[index].abi == .i386 ? cprobe_i386(number) : cprobe_native(number))
          }
          _exit(0)
        }
        return try #require(try Process.reap(pid, waits: true))
      }
    }
    #expect(status.code == 0)
    return Array(UnsafeBufferPointer(start: table, count: calls.count))
  }
}
