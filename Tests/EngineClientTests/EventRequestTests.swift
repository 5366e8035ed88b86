import Backend
import EngineClient
import StackModel
import Synchronization
import Testing

/// Which events are told, and how that is asked for over the socket.
@Suite struct EventRequestTests {
  private static let web = Event.ContainerChange(
    id: "abcdef0123456789", name: "shop-web-1", service: "web", what: .exited(code: 3, outOfMemory: false),
    image: "docker.io:5000/nginx:1.27",
    labels: ["team": "blue", "empty": ""])
  private static func happened(_ kind: Event.Kind, project: ProjectName? = "shop", at: Int64 = 1000) -> Event {
    Event(sequence: 1, at: at, project: project, kind: kind)
  }
  private static let died = happened(.container(web))
  private static let healthy = happened(.container(.init(id: "12", name: "shop-db-1", service: "db", what: .health("healthy"))))
  private static let network = happened(.thing(ThingChange(.network, "create", id: "f00df00d", name: "shop_front")))
  private static let volume = happened(.thing(ThingChange(.volume, "destroy", id: "shop_data", name: "shop_data")), project: nil)
  private static let image = happened(.thing(ThingChange(.image, "pull", id: "nginx:1.27", name: "nginx")))
  private static let tagged = happened(
    .thing(ThingChange(.image, "tag", id: "sha256:0123456789abcdef", name: "web:2", labels: ["team": "red"])), project: "other")
  private static let layer = happened(.progress(.init(subject: "4f4f", status: "Pulled", phase: .done, parent: "Image nginx")))
  private static let working = happened(.progress(.init(subject: "Network shop_front", status: "Creating", phase: .working)))
  private static let warning = happened(.warning("the disk is full"))
  private static let all = [died, healthy, network, volume, image, tagged, layer, working, warning]

  @Test func messagesAreInDockersWords() {
    let words = Self.all.map { $0.message.map { "\($0.type) \($0.action) \($0.id)" } }
    #expect(
      words == [
        "container die abcdef0123456789", "container health_status: healthy 12", "network create f00df00d", "volume destroy shop_data",
        "image pull nginx:1.27", "image tag sha256:0123456789abcdef", nil, nil, nil,
      ])
    #expect(
      Self.died.message?.attributes == [
        "name": "shop-web-1", "image": "docker.io:5000/nginx:1.27", "exitCode": "3", "team": "blue", "empty": "",
      ])
  }

  @Test(
    arguments: [
      ([], all), (["type=container"], [died, healthy]), (["type=container", "type=volume"], [died, healthy, volume]),
      (["event=die"], [died]),
      (["event=health_status"], [healthy]), (["event=health_status: healthy"], [healthy]), (["event=health_status: unhealthy"], []),
      (["container=shop-web-1"], [died]), (["container=abcdef"], [died]), (["container=shop-"], [died, healthy]), (["container=web"], []),
      (["network=shop_front"], [network]), (["network=f00d"], [network]), (["volume=shop_data"], [volume]), (["network=shop_data"], []),
      (["image=docker.io:5000/nginx:1.27"], [died]), (["image=docker.io:5000/nginx"], [died]), (["image=nginx"], [image]),
      (["image=docker.io"], []),
      (["image=nginx:1.27"], [image]), (["image=web:2"], [tagged]), (["image=web"], [tagged]), (["image=0123456789ab"], [tagged]),
      (["image=sha256:0123456789abcdef"], [tagged]), (["image=0123"], []), (["event=tag", "type=image"], [tagged]),
      (["label=team"], [died, tagged]), (["label=team=blue"], [died]), (["label=team=red"], [tagged]),
      (["label=team", "label=empty="], [died]),
      (["label=team", "label=other"], []), (["service=db"], [healthy]), (["service=web", "service=db"], [died, healthy]),
      (["project=shop"], [died, healthy, network, image]), (["project=other"], [tagged]), (["service=web", "event=start"], []),
      (["type=container", "event=die", "label=team", "service=web", "project=shop"], [died]),
      (["container=shop-web-1", "network=shop_front"], []),
    ] as [([String], [Event])])
  func filters(_ arguments: [String], _ expected: [Event]) throws {
    var request = EventRequest()
    try request.filter(by: arguments)
    #expect(Self.all.filter(request.matches) == expected)
  }

  @Test(arguments: ["", "event", "event=", "=x", "daemon=x", "until=1"]) func whatIsNoFilterIsRefused(_ argument: String) {
    var request = EventRequest()
    #expect(throws: EngineError.self) { try request.filter(by: [argument]) }
  }

  @Test func timesHaveBothEndsInThem() {
    func matches(_ since: Int64?, _ until: Int64?) -> Bool { EventRequest(since: since, until: until).matches(Self.died) }
    #expect(matches(1000, nil) && matches(nil, 1000) && matches(1000, 1000) && !matches(1001, nil) && !matches(nil, 999))
    #expect(EventRequest(project: "shop").matches(Self.died) && !EventRequest(project: "other").matches(Self.died))
    #expect(!EventRequest(project: "shop").matches(Self.volume))
  }

  @Test(
    arguments: [
      ("0", 0), ("1.5", 1_500_000_000), ("1795230000.000000001", 1_795_230_000_000_000_001), ("9000000000", 9_000_000_000_000_000_000),
      ("", nil), ("-1", nil), ("9000000001", nil), ("99999999999999999999", nil), ("1.", nil), (".5", nil), ("1.0000000001", nil),
      ("1.x", nil),
      ("1.-5", nil), ("1e3", nil), ("1.2.3", nil),
    ] as [(String, Int64?)])
  func momentsOfAQuery(_ text: String, _ nanoseconds: Int64?) {
    #expect(EventRequest.moment(text) == nanoseconds)
    if let nanoseconds { #expect(EventRequest.moment(EventRequest.text(nanoseconds)) == nanoseconds) }
  }

  @Test func allOfItCrossesTheSocket() async throws {
    let backend = FakeBackend()
    var asked = EventRequest(project: "shop", since: 1_795_230_000_000_000_001, until: 1_795_230_001_000_000_000)
    try asked.filter(by: ["event=health_status: healthy", "label=a b=c&d", "label=é"])
    let request = asked
    try await served(backend) { client async throws in
      for try await _ in try await client.events(request) {}
      for try await _ in try await client.events(EventRequest()) {}
    }
    #expect(backend.eventRequests.withLock { $0 } == [request, EventRequest()])
  }
}
