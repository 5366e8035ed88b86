import Foundation
import StackModel
import Testing

@Suite struct ValueTests {
  /// Identifiers are plain strings in JSON, also as keys, so that the API and the state store can be read by people.
  @Test func identifiersAreStringsInJSON() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let services: [ServiceName: Dependency] = ["db": Dependency(condition: .healthy)]
    let text = String(decoding: try encoder.encode(services), as: UTF8.self)
    #expect(text == #"{"db":{"condition":"service_healthy","isRequired":true,"restart":false}}"#)
    #expect(try JSONDecoder().decode([ServiceName: Dependency].self, from: Data(text.utf8)) == services)
  }

  @Test func amountsAreNumbersInJSON() throws {
    let text = String(decoding: try JSONEncoder().encode([Timespan.milliseconds(1500)]), as: UTF8.self)
    #expect(text == "[1500000000]")
    #expect(String(decoding: try JSONEncoder().encode([ByteCount(512)]), as: UTF8.self) == "[512]")
    #expect(Timespan.seconds(2).duration == .seconds(2))
    #expect(Timespan.seconds(1) < .milliseconds(1001))
  }

  @Test func aStackSurvivesJSON() throws {
    var options = ContainerOptions()
    options.network = .bridges([Attachment(network: "shop_default", aliases: ["www"], address: "10.0.0.2", priority: 3)])
    options.mounts = [
      Mount(source: .bind(path: "/srv", createsHostPath: true, propagation: nil), target: "/data", isReadOnly: true),
      Mount(source: .tmpfs(size: 1024, mode: 0o1777, uid: nil, gid: 5), target: "/run"),
    ]
    options.restart = .onFailure(maximum: 3)
    let stack = Stack(
      name: "shop", services: ["web": Service(name: "web", image: "nginx", options: options)],
      secrets: ["key": FileSource(origin: .file("/shop/key"))], configs: ["motd": FileSource(origin: .content("hello"))])
    let again = try JSONDecoder().decode(Stack.self, from: JSONEncoder().encode(stack))
    #expect(again == stack)
  }

  @Test(
    arguments: [
      (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"), (10_413_792_000, 5, "2300-01-01T00:00:00.000000005Z"),
      (.max, 0, "292277026596-12-04T15:30:07.000000000Z"),
    ] as [(Int64, Int64, String)])
  func timesOfFiles(seconds: Int64, nanoseconds: Int64, text: String) {
    #expect(Timestamp.text(seconds: seconds, nanoseconds: nanoseconds) == text)
  }

  @Test func aContainersShortNameHasTwelveDigits() {
    #expect(ContainerID("0123456789abcdef").short == "0123456789ab")
  }
}
