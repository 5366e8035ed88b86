import Glibc
import Netlink
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  @Suite struct Names {
    @Test(arguments: [TestSocket.Kind.datagram, .stream]) func namesAreAnswered(_ kind: TestSocket.Kind) async throws {
      try await World.play { world in
        let (front, back) = try await (world.network("shop_front"), world.network("shop_back"))
        let web = try await world.container("shop-web-1", on: front, service: "web", links: ["database": "db"])
        let (one, two) = try await (
          world.container("shop-db-1", on: front, service: "db", aliases: ["sql"]),
          world.container("shop-db-2", on: front, service: "db", aliases: ["sql"])
        )
        _ = try await world.container("shop-cache-1", on: back, service: "cache")
        let server = try #require(web.endpoints.nameServer)
        func ask(_ name: String, type: UInt16 = 1) async throws -> Answer? {
          Answer(try await web.namespace.ask(server, query(name, type: type), kind))
        }
        for name in ["db", "DB", "sql", "database", "db.shop_front"] {
          #expect(try await Set(ask(name)?.addresses ?? []) == [one.address, two.address], "\(name)")
        }
        for name in ["shop-db-1", one.id.short] { #expect(try await ask(name)?.addresses == [one.address], "\(name)") }
        let firsts = try await [ask("db")?.addresses.first, ask("db")?.addresses.first]
        #expect(firsts[0] != firsts[1])
        // Known, but without an IPv6 address.
        let none = try await ask("db", type: 28)
        #expect(none?.code == 0 && none?.addresses == [])
        let reverse = two.address.split(separator: ".").reversed().joined(separator: ".") + ".in-addr.arpa"
        #expect(try await ask(reverse, type: 12)?.name == "shop-db-2.shop_front")
        // Another's link.
        let other = Answer(try await one.namespace.ask(server, query("database"), kind))
        #expect(other?.code == 2)

        // What is not ready is not led to, what has gone is not known.
        await world.networking.setNames(
          EndpointNames(container: two.id, endpoints: two.endpoints, name: "shop-db-2", service: "db", isReady: false))
        #expect(try await ask("db")?.addresses == [one.address])
        await world.networking.withdraw(one.id)
        #expect(try await ask("db")?.addresses == [two.address])
      }
    }

    /// More questions at once than fit into the kernel's usual buffer.
    @Test func aBurstOfQuestionsLosesNone() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("shop-web-1", on: front, service: "web")
        let server = try #require(web.endpoints.nameServer)
        let count: UInt16 = 2000
        let answers = try await web.namespace.run {
          let socket = TestSocket(.datagram)
          socket.widenReceiveBuffer()
          guard socket.connect(server, 53) == 0 else { return Set<UInt16>() }
          for id in 0..<count { socket.send(query("web", id: id)) }
          var answered: Set<UInt16> = []
          while answered.count < count, let answer = Answer(socket.receive()) { answered.insert(answer.id) }
          return answered
        }
        #expect(answers.count == count)
      }
    }

    /// `1.2.3.4` for everything.
    private static func fakeResolver(_ query: [UInt8]) -> [UInt8] {
      var answer = query
      answer[2] |= 0x80
      answer[7] = 1
      return answer + [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4]
    }

    @Test func otherNamesAreAskedElsewhere() async throws {
      let file = try TemporaryDirectory("resolv")
      // The first says nothing, the second nobody listens on.
      let path = try file.write("resolv.conf", "search example\nnameserver 127.0.0.3\nnameserver 127.0.0.4\nnameserver 127.0.0.2\n")
      let (silent, resolver, stream) = try (
        Listener(.datagram, "127.0.0.3", port: 53), Listener(.datagram, "127.0.0.2", port: 53), Listener(.stream, "127.0.0.2", port: 53)
      )
      defer { withExtendedLifetime((silent, stream)) {} }
      try await World.play(NetworkingConfiguration(suffix: "test", resolverFile: path)) { world in
        let (front, hidden) = try await (world.network("shop_front"), world.network("shop_hidden", isInternal: true))
        let (web, db) = try await (world.container("web", on: front), world.container("db", on: hidden))
        let own = try await world.container("own", on: front, resolvers: ["127.0.0.2"])
        let server = try #require(web.endpoints.nameServer)
        // As often as it is asked: who waits in vain asks again.
        let isOver = Atomic(false)
        let count = Atomic(0)
        resolver.socket.setPatience(1)
        async let answering: Void = onThread {
          while !isOver.load(ordering: .relaxed) {
            if resolver.socket.answerOne(Names.fakeResolver) { count.add(1, ordering: .relaxed) }
          }
        }
        defer { isOver.store(true, ordering: .relaxed) }
        #expect(Answer(try await web.namespace.ask(server, query("example.com", id: 99)))?.addresses == ["1.2.3.4"])
        #expect(Answer(try await own.namespace.ask(server, query("example.com", id: 99)))?.addresses == ["1.2.3.4"])
        #expect(count.load(ordering: .relaxed) >= 2)
        isOver.store(true, ordering: .relaxed)
        await answering
        // Nothing leaves an internal network.
        let inside = Answer(try await db.namespace.ask(try #require(db.endpoints.nameServer), query("example.com")))
        #expect(inside?.code == 3)
      }
    }

    /// `10.0.X.Y` for `nNUMBER.example`, after two lies: another id, another question.
    private static func liarsAnswers(_ query: [UInt8]) -> [[UInt8]] {
      guard query.count > 17, query[12] > 1, query.count > 13 + Int(query[12]),
        let number = UInt16(String(decoding: query[14..<13 + Int(query[12])], as: UTF8.self))
      else { return [] }
      var right = query
      right[2] |= 0x80
      right[7] = 1
      let record: [UInt8] = [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]
      var otherID = right
      otherID[1] &+= 1
      var otherQuestion = right
      otherQuestion[13] = UInt8(ascii: "m")
      return [
        otherID + record + [6, 6, 6, 6], otherQuestion + record + [6, 6, 6, 6],
        right + record + [10, 0, UInt8(number >> 8), UInt8(number & 0xFF)],
      ]
    }

    /// R26: of the host's resolvers one is dead and one has a liar beside it. Nobody gets a wrong answer, and names of here are answered all the while.
    @Test func r26TroubleElsewhereIsNoTroubleHere() async throws {
      let file = try TemporaryDirectory("resolv")
      let path = try file.write("resolv.conf", "nameserver 127.0.0.3\nnameserver 127.0.0.2\n")
      let (silent, liar) = try (Listener(.datagram, "127.0.0.3", port: 53), Listener(.datagram, "127.0.0.2", port: 53))
      liar.socket.widenReceiveBuffer()
      liar.socket.setPatience(1)
      defer { withExtendedLifetime(silent) {} }
      let isOver = Atomic(false)
      async let lying: Void = onThread {
        while !isOver.load(ordering: .relaxed) { _ = liar.socket.answerOne(with: Names.liarsAnswers) }
      }
      try await World.play(NetworkingConfiguration(suffix: "test", resolverFile: path)) { world in
        let front = try await world.network("shop_front")
        let (web, db) = try await (world.container("web", on: front, service: "web"), world.container("db", on: front, service: "db"))
        let server = try #require(web.endpoints.nameServer)
        let count = 800
        // All at once, which is fewer than are forwarded at once; who gets no answer asks again, as stub resolvers do.
        async let elsewhere = web.namespace.run { () -> [Int: Set<String>] in
          let socket = TestSocket(.datagram)
          socket.widenReceiveBuffer()
          guard socket.connect(server, 53) == 0 else { return [:] }
          var found: [Int: Set<String>] = [:]
          for _ in 0..<5 * patience where found.count < count {
            for number in 0..<count where found[number] == nil { socket.send(query("n\(number).example", id: UInt16(number))) }
            while found.count < count, let answer = Answer(socket.receive()) {
              if answer.code == 0 { found[Int(answer.id), default: []].formUnion(answer.addresses) }
            }
          }
          return found
        }
        let here = try await db.namespace.run { () -> [Duration] in
          let socket = TestSocket(.datagram)
          guard socket.connect(server, 53) == 0 else { return [] }
          return (0..<2000).compactMap { number in
            let begin = ContinuousClock.now
            // Who gets no answer asks again, here too; one that was given up may come yet.
            for _ in 0..<3 * patience {
              socket.send(query("web", id: UInt16(number)))
              while let answer = Answer(socket.receive()) {
                if answer.id == UInt16(number) { return answer.addresses == [web.address] ? ContinuousClock.now - begin : nil }
              }
            }
            return nil
          }
        }
        #expect(here.count == 2000)
        let found = try await elsewhere
        #expect(found.count == count)
        try #require(!here.isEmpty)
        let wrong = found.filter { $0.value != ["10.0.\($0.key >> 8).\($0.key & 0xFF)"] }
        #expect(wrong.isEmpty, "\(wrong)")
        print("R26: \(wrong.count) of \(found.count) answers wrong; names of here: p99 \(here.sorted()[here.count * 99 / 100])")
      }
      isOver.store(true, ordering: .relaxed)
      await lying
    }

    @Test func onlyTheNetworksOwnContainersAreAnswered() async throws {
      try await World.play { world in
        let (front, back) = try await (world.network("shop_front"), world.network("shop_back"))
        let web = try await world.container("web", on: front)
        let other = try await world.container("other", on: back)
        try await world.outside.run { _ = system("ip route add 172.16.0.0/12 via \(World.hostAddress)") }
        #expect(try await world.outside.ask(web.endpoints[0].gateway, query("web"), attempts: 1) == nil)
        #expect(try await other.namespace.ask(web.endpoints[0].gateway, query("web"), attempts: 1) == nil)
        #expect(Answer(try await web.namespace.ask(web.endpoints[0].gateway, query("web")))?.addresses == [web.address])
      }
    }

    @Test func aResolverOfTheHostIsNotInTheWay() async throws {
      let (datagrams, stream) = try (Listener(.datagram, port: 53), Listener(.stream, port: 53))
      defer { withExtendedLifetime((datagrams, stream)) {} }
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        for kind in [TestSocket.Kind.datagram, .stream] {
          #expect(Answer(try await web.namespace.ask(web.endpoints[0].gateway, query("web"), kind))?.addresses == [web.address])
        }
      }
    }

    @Test func nonsenseDoesNotStopTheResolver() async throws {
      try await World.play { world in
        let front = try await world.network("shop_front")
        let web = try await world.container("web", on: front)
        let server = web.endpoints[0].gateway
        var generator = SplitMix(seed: 7)
        let noise = (0..<500).map { _ in
          var packet = query("web").map { generator.next() % 5 == 0 ? UInt8(truncatingIfNeeded: generator.next()) : $0 }
          packet.removeLast(Int(generator.next() % UInt64(packet.count)))
          packet[safe: 2] = 1
          return packet
        }
        try await web.namespace.run {
          let datagrams = TestSocket(.datagram)
          _ = datagrams.connect(server, 53)
          for packet in noise { datagrams.send(packet) }
          for packet in noise.prefix(20) {
            let stream = TestSocket(.stream)
            _ = stream.connect(server, 53)
            stream.send(packet)
          }
        }
        for kind in [TestSocket.Kind.datagram, .stream] {
          #expect(Answer(try await web.namespace.ask(server, query("web"), kind))?.addresses == [web.address])
        }
      }
    }
  }
}

extension [UInt8] {
  subscript(safe index: Int) -> UInt8? {
    get { indices.contains(index) ? self[index] : nil }
    set { if let newValue, indices.contains(index) { self[index] = newValue } }
  }
}

/// Random numbers that are the same each time.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
