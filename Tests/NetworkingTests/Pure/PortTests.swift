import Netlink
import StackModel
import Testing

@testable import Networking

@Suite struct PortTests {
  @Test func socketsAreFoundByPortAndState() {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 000000009fc6a6b3 100 0 0 10 0
         1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 222 1 000000009d003457 100 0 0 10 0
         2: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 333 2
         3: damaged
      """
    #expect(socketInodes(in: table, port: 8080, transport: .tcp) == ["111"])
    #expect(socketInodes(in: table, port: 8080, transport: .udp) == ["333"])
    #expect(socketInodes(in: table, port: 80, transport: .tcp) == [])
  }

  /// Without taking it: `bind` would say no.
  @Test func whoHasAPortIsReadFromTheTables() throws {
    let rest = "00000000:00000000 00:00000000 00000000 0 0 1 2"
    let tables = [
      "tcp": "head\n0: 0100007F:1F90 00000000:0000 0A \(rest)\n1: 0100007F:1F91 0100007F:0001 01 \(rest)",
      "tcp6": "head\n0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A \(rest)",
      "udp": "head\n0: 00000000:0035 00000000:0000 07 \(rest)",
      "udp6": "head\n0: B80D0120000000000000000001000000:0035 00000000000000000000000000000000:0000 07 \(rest)",
    ]
    let sockets = BoundSockets { tables[$0] ?? "" }
    func have(_ port: UInt16, _ transport: PortMapping.Transport, _ address: String) throws -> Bool {
      sockets.have(port, transport, at: try #require(IPAddress(address)))
    }
    #expect(try have(8080, .tcp, "127.0.0.1") && have(8080, .tcp, "0.0.0.0"))
    #expect(try !have(8080, .tcp, "127.0.0.2") && !have(8080, .tcp, "::") && !have(8080, .udp, "127.0.0.1") && !have(8081, .tcp, "0.0.0.0"))
    #expect(try have(80, .tcp, "::1") && !have(80, .tcp, "127.0.0.1"))
    #expect(try have(53, .udp, "192.0.2.1") && have(53, .udp, "2001:db8::1") && !have(53, .udp, "2001:db8::2"))
  }

  @Test func aConflictSaysWhoAndWhatToDo() {
    let conflict = PortConflict(port: PortMapping(published: 80, target: 8080), holder: "nginx (pid 812)")
    #expect(conflict.description == "port 80/tcp is already taken by nginx (pid 812); publish another (for example \"81:8080\") or stop it")
  }

  @Test func mappingsCollideOnTheSameAddressOnly() {
    func mapping(_ address: String?, _ transport: PortMapping.Transport = .tcp) -> PortMapping {
      PortMapping(hostAddress: address, published: 80, target: 1, transport: transport)
    }
    #expect(mapping(nil).collides(with: mapping("0.0.0.0")))
    #expect(mapping(nil).collides(with: mapping("127.0.0.1")))
    #expect(mapping("127.0.0.1").collides(with: mapping("127.0.0.1")))
    #expect(!mapping("127.0.0.1").collides(with: mapping("127.0.0.2")))
    #expect(!mapping(nil).collides(with: mapping(nil, .udp)))
  }

  @Test func kernelNamesFitAndDiffer() {
    let (standard, other) = (KernelNames(suffix: ""), KernelNames(suffix: "1a2b3c"))
    #expect(standard.table == "muster" && other.table == "muster_1a2b3c")
    #expect(standard.bridgePrefix != other.bridgePrefix)
    #expect(standard.bridge("shop_default").utf8.count == 15)
    #expect(standard.bridge("shop_default") != standard.bridge("shop_back"))
  }
}
