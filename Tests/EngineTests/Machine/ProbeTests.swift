import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct ProbeTests {
  /// A stack with one service per check, which all have to become what is said; a server that is slow to start may be something else before.
  private func states(
    _ services: [ServiceName: (script: String, test: [String])], become wanted: [ServiceName: HealthState]
  ) async throws -> [ServiceName: HealthState] {
    var found: [ServiceName: HealthState] = [:]
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("probed", services.mapValues(\.script))
      for (name, service) in services {
        stack.services[name]?.options.healthcheck = Healthcheck(
          test: service.test, interval: .milliseconds(100), timeout: .milliseconds(700), retries: 2)
      }
      #expect(try await engine.up(stack).failures == [])
      for name in services.keys {
        let container = try await eventually {
          try await engine.container("probed-\(name)-1")
        } until: {
          $0.health == wanted[name]
        }
        found[name] = container.health
      }
    }
    return found
  }

  @Test func tcpAndHTTPAreProbedInsideTheContainersNetwork() async throws {
    func server(_ port: Int, _ answer: String) -> String {
      "while :; do printf '\(answer)' | nc -l -p \(port) > /dev/null; done"
    }
    let ok = "HTTP/1.1 204 No Content\\r\\n\\r\\n"
    let wanted: [ServiceName: HealthState] = [
      "accepts": .healthy, "closed": .unhealthy, "fine": .healthy, "missing": .unhealthy, "nothing": .healthy, "silent": .unhealthy,
    ]
    let services: [ServiceName: (script: String, test: [String])] = [
      "accepts": (server(5432, "x"), ["TCP", "5432"]),
      "closed": ("exec sleep 1000", ["TCP", "5432"]),
      "fine": ("mkdir -p /tmp/w; echo hi > /tmp/w/health; httpd -f -p 8080 -h /tmp/w", ["HTTP", "http://localhost:8080/health"]),
      "missing": ("mkdir -p /tmp/w; httpd -f -p 8080 -h /tmp/w", ["HTTP", "http://localhost:8080/health"]),
      "nothing": (server(8080, ok), ["HTTP", "http://127.0.0.1:8080"]),
      "silent": ("while :; do sleep 1000 | nc -l -p 8080; done", ["HTTP", "http://127.0.0.1:8080/"]),
    ]
    #expect(try await states(services, become: wanted) == wanted)
  }

  @Test func theEnginesOwnThreadsStayInTheirNetwork() async throws {
    let own = try networks()
    #expect(own.count == 1)
    _ = try await states(["a": ("while :; do nc -l -p 99 < /dev/null; done", ["TCP", "99"])], become: ["a": .healthy])
    #expect(try networks() == own)
  }

  /// The network namespaces of this process's threads.
  private func networks() throws -> Set<String> {
    var found: Set<String> = []
    for thread in try directoryNames("/proc/self/task") where thread != "." && thread != ".." {
      if let link = try? String(contentsOfLink: "/proc/self/task/\(thread)/ns/net") { found.insert(link) }
    }
    return found
  }

  @Test(arguments: [
    ("http://localhost:8080/health?x=1#y", "nil 8080 /health?x=1"), ("http://[::1]", "::1 80 /"),
    ("http://10.0.0.1:80?q", "10.0.0.1 80 /?q"),
    ("https://localhost/", "TLS is not spoken"), ("localhost:8080", "is not a URL"), ("http://web/", "is a name"),
    ("http://localhost:99999/", "is not a URL"), ("http://1.2.3/", "is a name"), ("http://", "is not a URL"),
    ("http://a b/", "is not a URL"),
  ])
  func urls(_ url: String, _ expected: String) {
    #expect(text { () throws(HealthTarget.Problem) in try HealthTarget(http: url) }.contains(expected))
  }

  @Test(arguments: [
    ("5432", "nil 5432 nil"), ("127.0.0.1:1", "127.0.0.1 1 nil"), ("[::1]:1", "::1 1 nil"), ("0", "is not a port"), ("", "is not a port"),
    ("db:5432", "is a name"), ("65536", "is not a port"), ("localhost", "is not a port"), ("+80", "is not a port"),
  ])
  func ports(_ port: String, _ expected: String) {
    #expect(text { () throws(HealthTarget.Problem) in try HealthTarget(tcp: port) }.contains(expected))
  }

  private func text(_ make: () throws(HealthTarget.Problem) -> HealthTarget) -> String {
    do {
      let target = try make()
      return "\(target.address ?? "nil") \(target.port) \(target.path ?? "nil")"
    } catch {
      return error.message
    }
  }

  @Test func statusLines() {
    #expect(NetworkProbe.status(Array("HTTP/1.1 301 Moved".utf8)) == 301)
    #expect(NetworkProbe.status(Array("HTTP/1.1 2".utf8)) == 2)
    #expect(NetworkProbe.status(Array("SSH-2.0-OpenSSH".utf8)) == nil)
  }
}

extension String {
  /// What a symbolic link says.
  fileprivate init(contentsOfLink path: String) throws {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { chars in chars.baseAddress.map { Glibc.readlink(path, $0, chars.count) } ?? -1 }
    }
    guard count >= 0 else { throw CancellationError() }
    self = String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
