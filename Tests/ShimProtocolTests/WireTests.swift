import LinuxKit
import ShimProtocol
import Testing

@Suite struct WireTests {
  @Test(arguments: Samples.steps) func step(_ step: SetupStep) throws { #expect(try SetupStep(wireBytes: step.wireBytes) == step) }
  @Test(arguments: Samples.requests) func request(_ request: ShimRequest) throws {
    #expect(try ShimRequest(wireBytes: request.wireBytes) == request)
  }
  @Test(arguments: Samples.events) func event(_ event: ShimEvent) throws { #expect(try ShimEvent(wireBytes: event.wireBytes) == event) }

  @Test func everyStepHasItsOwnTag() {
    let tags = Samples.steps.map { $0.wireBytes[0] }
    // Four samples more than steps: bind and enterUsers have three.
    #expect(Set(tags).count == tags.count - 4)
    #expect(Set(tags) == Set(0...42))
  }

  @Test func everyCutIsAnError() throws {
    for request in Samples.requests {
      let bytes = request.wireBytes
      for length in 0..<bytes.count { #expect(throws: WireError.self) { _ = try ShimRequest(wireBytes: Array(bytes[..<length])) } }
      #expect(throws: WireError.self) { _ = try ShimRequest(wireBytes: bytes + [0]) }
    }
  }

  @Test func randomBytesNeverTrap() {
    var generator = SplitMix(state: 7)
    var accepted = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in UInt8.random(in: 0...40, using: &generator) }
      // What is taken has exactly these bytes again.
      if let request = try? ShimRequest(wireBytes: bytes) {
        accepted += 1
        #expect(request.wireBytes == bytes)
      }
      if let event = try? ShimEvent(wireBytes: bytes) { #expect(event.wireBytes == bytes) }
    }
    #expect(accepted > 0)
  }

  @Test func flippedBitsNeverTrap() throws {
    let bytes = Samples.requests[0].wireBytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var broken = bytes
        broken[index] ^= 1 << UInt8(bit)
        if let request = try? ShimRequest(wireBytes: broken) { #expect(request.wireBytes == broken) }
      }
    }
  }

  @Test func countsAreNotBelieved() {
    // An array of four thousand million steps in no bytes at all.
    #expect(throws: WireError.self) { _ = try [SetupStep](wireBytes: [255, 255, 255, 255]) }
    #expect(throws: WireError.self) { _ = try String(wireBytes: [4, 0, 0, 0, 65]) }
  }

  @Test func textIsUTF8WithoutNUL() {
    #expect(throws: WireError.self) { _ = try String(wireBytes: [2, 0, 0, 0, 65, 0]) }
    #expect(throws: WireError.self) { _ = try String(wireBytes: [1, 0, 0, 0, 0xFF]) }
  }

  @Test func stepsPrintWithoutSecrets() {
    #expect(Samples.steps[7].description == "mount tmpfs /dev size=64m,ro,empty= noexec")
    #expect(SetupStep.execute(arguments: ["a", "b"], environment: ["SECRET=1"]).description == "exec a b")
  }
}

/// The same numbers in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
