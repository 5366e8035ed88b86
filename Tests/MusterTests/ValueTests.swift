import ArgumentParser
import Backend
import StackModel
import Testing

@testable import muster

@Suite struct ValueTests {
  @Test(arguments: [
    ("80", PortMapping(published: nil, target: 80)),
    ("8080:80", PortMapping(published: 8080, target: 80)),
    ("127.0.0.1:53:53/udp", PortMapping(hostAddress: "127.0.0.1", published: 53, target: 53, transport: .udp)),
    ("[::1]:8080:80", PortMapping(hostAddress: "::1", published: 8080, target: 80)),
  ])
  func `a published port is read as Compose reads it`(text: String, mapping: PortMapping) throws {
    #expect(try portMapping(text) == mapping)
  }

  @Test(arguments: ["", ":80", "80:", "0", "65536", "x:80", "80/sctp", "1:2:3:", "a/b/c"])
  func `what is no port is refused`(text: String) {
    #expect(throws: Exit.self) { try portMapping(text) }
  }

  @Test func `a volume's source is a path, or a key of the stack`() throws {
    var stack = Stack(name: "shop")
    stack.volumes = ["shop_data": Volume(key: "data", name: "shop_data")]
    #expect(
      try mount("/srv:/data:ro", stack)
        == Mount(source: .bind(path: "/srv", createsHostPath: true, propagation: nil), target: "/data", isReadOnly: true))
    #expect(try mount("data:/data", stack) == Mount(source: .volume("shop_data"), target: "/data"))
    #expect(try mount("/cache", stack) == Mount(source: .anonymousVolume, target: "/cache"))
    for wrong in ["nope:/data", "data:data", "data:/data:xx", "data", "", ":/data"] {
      #expect(throws: Exit.self) { try mount(wrong, stack) }
    }
  }

  @Test func `a command line is cut into words as a shell does`() throws {
    #expect(try words(#"sh -c "echo 'a b' \"c\"" x\ y ''"#) == ["sh", "-c", #"echo 'a b' "c""#, "x y", ""])
    #expect(throws: Exit.self) { try words("sh 'x") }
    #expect(throws: Exit.self) { try words("sh \\") }
  }

  @Test(arguments: [("42m", 2_520_000_000_000), ("1h30m", 5_400_000_000_000), ("500ms", 500_000_000), ("0s", 0)] as [(String, Int64)])
  func `an age is a sum of units`(text: String, nanoseconds: Int64) {
    #expect(age(text) == nanoseconds)
  }

  @Test(arguments: ["", "5", "m", "5x", "99999999999999999h", "-5m", "5m3"])
  func `what is no age is nil`(text: String) {
    #expect(age(text) == nil)
  }

  @Test func `what events are asked for is said by flags`() throws {
    let command = try #require(
      try Muster.parseAsRoot([
        "events", "--since", "2026-01-02T03:04:05Z", "--until", "1767323047.5", "-f", "event=die", "--filter", "label=a=b", "web",
      ]) as? EventsCommand)
    let request = try command.options.request("shop", types: ["container"])
    #expect(request.project == "shop" && request.since == 1_767_323_045_000_000_000 && request.until == 1_767_323_047_500_000_000)
    #expect(request.filters == ["event": ["die"], "label": ["a=b"], "type": ["container"]])
    #expect(command.services == ["web"])

    func asked(_ words: String...) throws -> EventRequest {
      let command = try #require(try Muster.parseAsRoot(["system", "events"] + words) as? SystemEvents)
      return try command.options.request(nil, types: ["container", "volume"])
    }
    #expect(try asked().filters == ["type": ["container", "volume"]] && asked().since == nil && asked().until == nil)
    #expect(try asked("--filter", "type=image").filters == ["type": ["image"]])
    // With an end alone, all that is known.
    #expect(try asked("--until", "0s").since == 0)
    let since = try #require(try asked("--since", "10m").since)
    #expect((since + 600_000_000_000 - now()).magnitude < 60_000_000_000)
    for wrong in [["--since", "yesterday"], ["--until", "-1h"], ["--since", "1e99"]] {
      #expect(throws: (any Error).self) { _ = try asked(wrong[0], wrong[1]) }
    }
    #expect(throws: EngineError.self) { _ = try asked("--filter", "daemon=x") }
  }
}
