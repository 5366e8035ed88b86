import CLinux
import Glibc
import LinuxKit
import Testing

@testable import Seccomp

/// The program on the real kernel, in a child that confines itself.
@Suite struct KernelTests {
  @Test func kernelTakesTheProgramAndObeysIt() throws {
    let program = try defaultFilter(capabilities: CapabilitySet(rawValue: 0xa804_25fb))
    let status = try program.withUnsafeBytes { raw in
      let pid = try Process.clone()
      if pid == 0 { _exit(confinedAnswers(raw)) }
      return try #require(try Process.reap(pid, waits: true))
    }
    #expect(status.code == 0, "the first answer that was another one")
  }
}

/// Loads the program and asks. Runs in a child of a process with threads, so it calls nothing but the kernel. 0: all as expected.
private func confinedAnswers(_ program: UnsafeRawBufferPointer) -> Int32 {
  func refused(_ result: Int32, _ reason: Int32) -> Bool { result == -1 && errno == reason }
  if clinux_prctl(Int32(CLINUX_PR_SET_NO_NEW_PRIVS), 1, 0, 0, 0) != 0 { return 100 }
  if clinux_seccomp_load(program.baseAddress, program.count / 8, 0) != 0 { return 101 }
  if getpid() <= 0 { return 1 }
  if !refused(clinux_unshare(0x0400_0000), EPERM) { return 2 }
  if !refused(clinux_clone3(0, SIGCHLD, nil, -1), ENOSYS) { return 3 }
  if !refused(socket(40, Int32(SOCK_STREAM.rawValue), 0), EPERM) { return 4 }
  if socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) < 0 { return 5 }
  if !refused(clinux_umount2("/", 0), EPERM) { return 6 }
  return 0
}
