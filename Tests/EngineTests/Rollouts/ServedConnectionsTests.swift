import Testing

@testable import Engine

/// What `/proc/PID/net/tcp` says of connections.
@Suite struct ServedConnectionsTests {
  private func table(_ rows: (local: String, state: String)...) -> String {
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      + rows.enumerated().map { "   \($0): 0100007F:\($1.local) 0200000A:9C40 \($1.state) 00000000:00000000 00:00000000 00000000 0 0 1\n" }
      .joined()
  }

  @Test func countsOnlyWhatServersHave() {
    #expect(ServedConnections(table(("0050", "0A"))).count == 0)
    #expect(ServedConnections(table(("0050", "0A"), ("0050", "01"), ("0050", "03"))).count == 2)
    // Its own connections to others, and those that are over.
    #expect(ServedConnections(table(("0050", "0A"), ("9C41", "01"), ("0050", "06"), ("0050", "05"))).count == 0)
    // Data that has not been taken yet.
    #expect(ServedConnections(table(("0050", "0A"), ("0050", "04"), ("0050", "09"))).count == 2)
  }
}
