import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// What of the past is told.
@Suite struct EventLogTests {
  private func started(_ number: Int) -> Event.Kind {
    .container(Event.ContainerChange(id: ContainerID("\(number)"), name: "c\(number)", service: "web", what: .started))
  }

  private func id(_ event: Event) -> Int? { event.message.flatMap { Int($0.id) } }

  @Test func theLastAreKeptInOrder() {
    let log = EventLog(without: SecretsSeen())
    #expect(log.listen(nil, since: 0).past == [])
    for number in 0..<10 { log.append(started(number), project: "shop") }
    #expect(log.listen(nil, since: 0).past.map(id) == Array(0..<10))
    #expect(log.listen(nil).past == [])
    // What only says how far something is takes no place.
    for _ in 0..<EventLog.mostKept { log.append(.warning("x"), project: "shop") }
    for number in 10..<EventLog.mostKept + 10 { log.append(started(number), project: number % 2 == 0 ? "even" : "odd") }
    #expect(log.listen(nil, since: 0).past.map(id) == Array(10..<EventLog.mostKept + 10))
    #expect(log.listen("odd", since: 0).past.compactMap(id) == (10..<EventLog.mostKept + 10).filter { $0 % 2 == 1 })
  }

  @Test func theTimeIsInIt() {
    let log = EventLog(without: SecretsSeen())
    let events = (0..<3).map { log.append(started($0), project: nil) }
    let found = log.listen(nil, since: events[1].at).past
    // Two of the same nanosecond are both told.
    #expect(found == events.filter { $0.at >= events[1].at })
  }

  /// Between the past and what comes nothing is missing.
  @Test func whatComesFollowsWhatWas() async {
    let log = EventLog(without: SecretsSeen())
    let writer = Task { for number in 0..<500 { log.append(started(number), project: nil) } }
    await Task.yield()
    let (past, stream) = log.listen(nil, since: 0)
    await writer.value
    log.append(started(500), project: nil)
    var numbers = past.compactMap(id)
    if numbers.last != 500 {
      for await event in stream {
        numbers.append(id(event) ?? -1)
        if numbers.last == 500 { break }
      }
    }
    #expect(numbers == Array(0...500))
  }

  @Test func labelsGoWithoutSecrets() {
    let seen = SecretsSeen()
    seen.add(Array("hunter2hunter2".utf8))
    let log = EventLog(without: seen)
    let change = Event.ContainerChange(id: "1", name: "c", service: "web", what: .started, labels: ["a": "it is hunter2hunter2"])
    let told = log.append(.container(change), project: nil).message?.labels["a"]
    #expect(told?.contains("hunter2hunter2") == false && told?.hasPrefix("it is ") == true)
  }
}
