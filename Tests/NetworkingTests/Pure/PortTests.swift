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
