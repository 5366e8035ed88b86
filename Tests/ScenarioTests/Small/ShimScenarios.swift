import Foundation
import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// What stands beside each container, and how the container is confined.
  @Suite struct Shims {
    @Test func aShimIsStaticSealedAndOneThread() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        try await stage("up", "--detach")
        let shims = HostLedger.processes(under: stage.muster.root).filter {
          (try? readText("/proc/\($0)/comm"))?.hasPrefix("muster-shim") == true
        }
        let shim = try #require(shims.first)
        #expect(shims.count == 1)
        let status = try readText("/proc/\(shim)/status")
        #expect(status.contains("Threads:\t1\n"), "\(status)")
        // A container must not be able to write to the program through /proc: it runs from a sealed memfd.
        #expect(linkTarget("/proc/\(shim)/exe")?.hasPrefix("/memfd:") == true)
      }
      #expect(try Self.headers(ofProgram: Muster.programs + "/muster-shim").contains(PT_INTERP) == false, "the shim is not static")
      #expect(try Self.headers(ofProgram: "/proc/self/exe").contains(PT_INTERP), "who is not static says so")
    }

    /// The types of the program headers of elf(5), 64 bits.
    private static func headers(ofProgram path: String) throws -> [Int32] {
      let file = try Data(contentsOf: URL(fileURLWithPath: path))
      return file.withUnsafeBytes { bytes in
        let header = bytes.loadUnaligned(as: Elf64_Ehdr.self)
        return (0..<Int(header.e_phnum)).map { number in
          let offset = Int(header.e_phoff) + number * Int(header.e_phentsize)
          return Int32(bitPattern: bytes.loadUnaligned(fromByteOffset: offset, as: Elf64_Phdr.self).p_type)
        }
      }
    }

    @Test func aContainerIsConfinedAsDockerConfines() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        try await stage("up", "--detach")
        let status = try await stage("exec", "-T", "web", "cat", "/proc/self/status").output
        #expect(status.contains("CapEff:\t00000000a80425fb\n"), "\(status)")
        #expect(status.contains("CapBnd:\t00000000a80425fb\n"), "\(status)")
        #expect(status.contains("CapInh:\t0000000000000000\n"), "\(status)")
        #expect(status.contains("Seccomp:\t2\n"), "\(status)")
        #expect(try await stage.attempt("exec", "-T", "web", "head", "-c", "1", "/proc/kcore").output.isEmpty)
        for refused in [
          ["mount", "-t", "tmpfs", "tmpfs", "/tmp"], ["sh", "-c", "echo 1 >/proc/sys/kernel/panic"], ["unshare", "-m", "true"],
        ] {
          let outcome = try await stage.muster(["exec", "-T", "web"] + refused, in: stage.directory)
          #expect(outcome.status != 0, "\(outcome)")
        }
        // Its own processes and devices, no others.
        let processes = try await stage("exec", "-T", "web", "ls", "/proc").output.matches(of: /(?m)^\d+$/)
        #expect(processes.count <= 4, "\(processes.map(\.output))")
        let devices = try await stage("exec", "-T", "web", "ls", "/dev").lines.map(String.init)
        #expect(Set(devices).isSuperset(of: ["null", "zero", "full", "random", "urandom", "tty", "shm", "pts"]))
        #expect(!devices.contains { $0.hasPrefix("vd") || $0.hasPrefix("sd") || $0 == "kmsg" || $0 == "mem" }, "\(devices)")
      }
    }

    @Test func limitsHold() async throws {
      let stack = "services: { web: { image: busybox, init: true, command: sleep 1000, mem_limit: 16m, pids_limit: 20 } }"
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        // One process alone wants memory: where a second asks for some while the kernel ends the first, it ends another one, the init too.
        let hungry = try await stage.attempt("exec", "-T", "web", "sh", "-c", "dd if=/dev/zero of=/dev/null bs=64M count=1; echo $?")
        #expect(hungry.output == "137\n", "64 MB fit into 16\n\(hungry)")
        let forks = try await stage.attempt("exec", "-T", "web", "sh", "-c", "for i in $(seq 40); do sleep 3 & done; wait")
        #expect(forks.errors.contains("fork") || forks.errors.contains("Resource temporarily unavailable"), "\(forks)")
      }
    }
  }
}
