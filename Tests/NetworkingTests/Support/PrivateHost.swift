import Glibc
import TestSupport
import Testing

/// The tests on the real kernel run in a network namespace of their own, in a second process of this test program, so that all its threads are
/// in it and the machine's own links and tables are untouched.
enum PrivateHost {
  static let isInside = getenv("MUSTER_TEST_PRIVATE_HOST") != nil

  /// Runs the suites whose names begin with `Kernel` in a new network namespace.
  static func run() async throws -> Outcome {
    let program = try #require(linkTarget("/proc/self/exe"))
    return try await TestSupport.run(
      "unshare", "--net", "sh", "-ec", "ip link set lo up; exec \"$@\"", "sh", program, "--testing-library", "swift-testing", "--filter",
      #"NetworkingTests\.Kernel"#, environment: ["MUSTER_TEST_PRIVATE_HOST": "1"])
  }
}

@Suite struct PrivateHostTests {
  /// What failed or crashed, on one line: much may stand between it and the end of the output.
  private static func whatMatters(in outcome: Outcome) -> String {
    outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("◇") && !$0.hasPrefix("✔") }.prefix(40).joined(separator: " | ")
  }

  @Test(.enabled(if: !PrivateHost.isInside)) func theKernelDoesWhatItShould() async throws {
    let outcome = try await PrivateHost.run()
    #expect(outcome.status == 0, "\(Self.whatMatters(in: outcome)) — all of it: \(outcome)")
    // An empty selection would pass as well.
    #expect(outcome.errors.contains("Suite KernelNetworkTests passed"), "\(outcome)")
  }
}

/// Everything on the kernel, one after the other.
@Suite(.serialized, .enabled(if: PrivateHost.isInside)) struct KernelNetworkTests {}
