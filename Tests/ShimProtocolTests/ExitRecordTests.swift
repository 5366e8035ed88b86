import ShimProtocol
import Testing

@Suite struct ExitRecordTests {
  @Test func roundTrip() {
    let status = ExitStatus(code: 137, at: 1_790_000_000_123_456_789)
    #expect(ExitRecord.status(ExitRecord.bytes(status)) == status)
  }

  @Test(arguments: [
    "", "\n", "muster-exit 1 137", "muster-exit 1 137 5", "muster-exit 2 137 5\n", "muster-exit 1 x 5\n", "muster-exit 1 1 5 6\n",
  ])
  func refusesOtherContent(_ text: String) { #expect(ExitRecord.status(Array(text.utf8)) == nil) }
}
