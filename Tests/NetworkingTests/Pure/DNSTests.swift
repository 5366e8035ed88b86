import Netlink
import StackModel
import Testing

@testable import Networking

@Suite struct DNSTests {
  private let asker = NameTable.Asker(network: "net", address: .v4(IPv4Address(0x0A00_0009)))

  private func table(_ count: Int) -> NameTable {
    var table = NameTable()
    for number in 0..<count {
      let endpoint = Endpoint(
        network: "net", bridge: "br", address: "10.0.\(number / 200).\(number % 200 + 10)", prefix: 16, mac: "02:42:00:00:00:01",
        gateway: "10.0.0.1",
        isDefaultRoute: true, interface: "eth0")
      table.set(EndpointNames(container: ContainerID("c\(number)"), endpoints: [endpoint], name: "web-\(number)", service: "web"))
    }
    return table
  }

  private func decide(_ packet: [UInt8], replicas: Int = 1, limit: Int = 512, turn: Int = 0) -> DNSDecision {
    DNSDecision(packet: packet, asker: asker, table: table(replicas), limit: limit, turn: turn)
  }

  private func answer(_ decision: DNSDecision) -> Answer? {
    if case .answer(let bytes) = decision { Answer(bytes) } else { nil }
  }

  @Test func aQuestionIsRead() throws {
    let question = try DNSQuestion(query("Web.Example", type: 28, id: 7))
    #expect(question.id == 7 && question.name == "web.example" && question.kind == .address6 && question.recursionDesired)
  }

  @Test func theAnswerHasTheQuestionAndTheAddress() {
    let packet = query("web")
    let expected: [UInt8] =
      [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + packet[12...] + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 0, 0, 10]
    #expect(decide(packet) == .answer(expected))
  }

  @Test func addressesTakeTurns() {
    let orders = (0..<3).map { answer(decide(query("web"), replicas: 3, turn: $0))?.addresses ?? [] }
    #expect(orders.map(\.first) == ["10.0.0.10", "10.0.0.11", "10.0.0.12"])
    #expect(orders.allSatisfy { Set($0).count == 3 })
  }

  @Test func whatDoesNotFitIsTruncatedAndComesByTCP() throws {
    let short = try #require(answer(decide(query("web"), replicas: 300)))
    #expect(short.isTruncated && short.addresses.count == (512 - 12 - 9) / 16)
    let long = try #require(answer(decide(query("web"), replicas: 300, limit: 65535)))
    #expect(!long.isTruncated && long.addresses.count == 300)
  }

  @Test func knownNamesHaveNothingButAddresses() {
    for type: UInt16 in [15, 16, 28, 33, 65, 255] {
      #expect(answer(decide(query("web", type: type)))?.code == 0)
      #expect(answer(decide(query("web", type: type)))?.addresses == [])
    }
  }

  @Test func bothFamiliesHaveTheirOwnRecords() throws {
    var table = NameTable()
    var endpoint = Endpoint(
      network: "net", bridge: "br", address: "10.0.0.2", prefix: 16, mac: "02:42:00:00:00:01", gateway: "10.0.0.1", isDefaultRoute: true,
      interface: "eth0")
    endpoint.ipv6 = IPv6Place(address: "fd00::2", prefix: 64, gateway: "fd00::1")
    table.set(EndpointNames(container: "c", endpoints: [endpoint], name: "web"))
    for address in ["10.0.0.9", "fd00::9"] {
      let asker = NameTable.Asker(network: "net", address: try #require(IPAddress(address)))
      func ask(_ name: String, _ type: UInt16) -> Answer? {
        answer(DNSDecision(packet: query(name, type: type), asker: asker, table: table, limit: 512, turn: 0))
      }
      #expect(ask("web", 1)?.addresses == ["10.0.0.2"])
      #expect(ask("web", 28)?.addresses == ["fd00::2"])
      #expect(ask("2.0.0.10.in-addr.arpa", 12)?.name == "web.net")
      let digits = "2" + String(repeating: ".0", count: 27) + ".0.0.d.f"
      #expect(ask(digits + ".ip6.arpa", 12)?.name == "web.net")
      // One of nobody's is for the host's resolvers.
      #expect(ask("3" + String(digits.dropFirst()) + ".ip6.arpa", 12) == nil)
    }
  }

  /// RFC 6891: more fits for who says so, and is told what is taken here.
  @Test func extendedQuestionsGetExtendedAnswers() throws {
    var extended = query("web")
    extended[11] = 1
    extended += [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]
    #expect(try DNSQuestion(extended).room == 4096)
    guard case .answer(let bytes) = decide(extended, replicas: 300) else { throw ForwardingError.noAnswer }
    #expect(bytes.count <= 1232 && bytes.count > 512 && bytes[10...11] == [0, 1])
    #expect(bytes.suffix(11) == [0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0])
    #expect(Answer(bytes)?.addresses.count == (1232 - 12 - 9 - 11) / 16 && Answer(bytes)?.isTruncated == true)
    #expect(try DNSQuestion(query("web")).room == nil)
  }

  @Test func namesNobodyHasAreForwarded() {
    guard case .forward(let question, []) = decide(query("example.com", type: 15)) else {
      Issue.record("not forwarded")
      return
    }
    #expect(question.name == "example.com")
  }

  @Test func hostilePacketsAreRefused() {
    let good = query("web")
    // Too short, or a response.
    for count in 0..<12 { #expect(decide(Array(good.prefix(count))) == .ignore) }
    var response = good
    response[2] |= 0x80
    #expect(decide(response) == .ignore)
    // Cut off anywhere behind the header.
    for count in 12..<good.count { #expect(answer(decide(Array(good.prefix(count))))?.code == 1, "\(count)") }
    // A name that points to itself, and one that points on.
    #expect(answer(decide(good[..<12] + [0xC0, 12, 0, 1, 0, 1]))?.code == 1)
    #expect(answer(decide(good[..<12] + [3, 119, 101, 98, 0xC0, 12, 0, 1, 0, 1]))?.code == 1)
    // Labels beyond 63 bytes, names beyond 255.
    #expect(answer(decide(good[..<12] + [64] + [UInt8](repeating: 97, count: 64) + [0, 0, 1, 0, 1]))?.code == 1)
    let long = (0..<5).flatMap { _ in [63] + [UInt8](repeating: 97, count: 63) }
    #expect(answer(decide(good[..<12] + long + [0, 0, 1, 0, 1]))?.code == 1)
    // Not one question; another class; another operation.
    for number: UInt8 in [0, 2, 255] {
      var packet = good
      packet[5] = number
      #expect(answer(decide(packet))?.code == 1)
    }
    #expect(answer(decide(good.dropLast() + [3]))?.code == 4)
    for operation: UInt8 in 1...15 {
      var packet = good
      packet[2] = operation << 3
      #expect(answer(decide(packet))?.code == 4)
    }
  }

  /// A dot inside a label is not the dot between two.
  @Test func aLabelIsOneLabel() throws {
    let forged = query("")[..<12] + [7] + Array("web.net".utf8) + [0, 0, 1, 0, 1]
    #expect(try DNSQuestion(Array(forged)).name != "web.net")
  }

  @Test func randomBytesNeverCrash() {
    var generator = SplitMix(seed: 42)
    let table = table(2)
    var answers = 0
    for _ in 0..<50_000 {
      var packet = query("web")
      for _ in 0..<Int(generator.next() % 6) {
        packet[Int(generator.next() % UInt64(packet.count))] = UInt8(truncatingIfNeeded: generator.next())
      }
      packet.removeLast(Int(generator.next() % 4))
      let decision = DNSDecision(packet: packet, asker: asker, table: table, limit: 512, turn: 0)
      if case .answer(let bytes) = decision {
        answers += 1
        #expect(bytes.count >= 12 && bytes.count <= 512 && bytes[..<2] == packet[..<2] && bytes[2] & 0x80 != 0)
      }
    }
    #expect(answers > 0)
  }

  @Test func onlyTheAnswerToTheQuestionIsTaken() throws {
    let packet = query("Example.com")
    let exchange = Exchange(packet, try DNSQuestion(packet))
    var right = exchange.packet
    right[2] |= 0x80
    #expect(exchange.isAnswered(by: right))
    #expect(exchange.restoringID(of: right)[..<2] == packet[..<2])
    // A server may write the name in other case.
    var other = right
    other[13] ^= 0x20
    #expect(exchange.isAnswered(by: other))
    #expect(!exchange.isAnswered(by: exchange.packet))
    var forged = right
    forged[0] ^= 1
    #expect(!exchange.isAnswered(by: forged))
    forged = right
    forged[14] = 122
    #expect(!exchange.isAnswered(by: forged))
    for count in 0..<right.count - 1 { #expect(!exchange.isAnswered(by: Array(right.prefix(count))), "\(count)") }
  }

  @Test func resolversAreReadFromTheFile() {
    let text = "# a comment\nnameserver 10.0.0.2\n nameserver\t::1 # six\nnameserver example.com\nnameserver\nsearch a b\noptions ndots:2\n"
    #expect(nameServers(in: text) == ["10.0.0.2", "::1"])
  }
}
