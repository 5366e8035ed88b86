import TestSupport
import Testing

extension Scenarios {
  /// Names, addresses, ports, and who may speak to whom.
  @Suite struct Networks {
    /// A web server that answers with its host name.
    static let server = #"["sh", "-c", "mkdir -p /tmp/www; hostname >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www"]"#

    @Test func servicesFindEachOtherByNameAliasAndLink() async throws {
      let stack = """
        services:
          web:
            image: busybox
            init: true
            hostname: webhost
            command: \(Self.server)
            networks:
              default: { aliases: [site] }
          client:
            image: busybox
            init: true
            command: sleep 1000
            links: ["web:linked"]
          stranger:
            image: busybox
            init: true
            command: sleep 1000
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        for name in ["web", "site", "linked", "shop-web-1"] {
          let page = try await eventually {
            try await stage.attempt("exec", "-T", "client", "timeout", "5", "wget", "-q", "-O", "-", "http://\(name)/")
          } until: {
            $0.status == 0
          }
          #expect(page.output == "webhost\n", "\(page)")
        }
        let unknown = try await stage.attempt("exec", "-T", "stranger", "timeout", "5", "wget", "-q", "-O", "-", "http://linked/")
        #expect(unknown.status != 0, "a link's name is known to a service that has no link")
        let absent = try await stage.attempt("exec", "-T", "client", "nslookup", "no-such-service")
        #expect(absent.status != 0)
      }
    }

    @Test func replicasShareTheServicesName() async throws {
      let stack = """
        services:
          web: { image: busybox, init: true, command: sleep 1000, scale: 3 }
          client: { image: busybox, init: true, command: sleep 1000 }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let found = try await stage("exec", "-T", "client", "nslookup", "web")
        #expect(
          Set(found.output.matches(of: /10\.\d+\.\d+\.\d+|172\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+/).map(\.output)).count >= 3, "\(found)")
      }
    }

    @Test func aNetworkIsClosedToOthers() async throws {
      let stack = """
        services:
          web: { image: busybox, init: true, command: \(Self.server), networks: [front] }
          near: { image: busybox, init: true, command: sleep 1000, networks: [front] }
          far: { image: busybox, init: true, command: sleep 1000, networks: [back] }
          both: { image: busybox, init: true, command: sleep 1000, networks: [front, back] }
        networks: { front: {}, back: {} }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let address = try await stage("exec", "-T", "web", "sh", "-c", "ip -4 -o address show dev eth0").expect().output
        let ip = try #require(address.firstMatch(of: /inet (\d+\.\d+\.\d+\.\d+)/)?.output.1)
        let near = try await eventually {
          try await stage.attempt("exec", "-T", "near", "timeout", "3", "wget", "-q", "-O", "-", "http://\(ip)/")
        } until: {
          $0.status == 0
        }
        #expect(near.status == 0, "\(near)")
        #expect(try await stage.attempt("exec", "-T", "both", "timeout", "3", "wget", "-q", "-O", "-", "http://web/").status == 0)
        let byAddress = try await stage.attempt("exec", "-T", "far", "timeout", "2", "wget", "-q", "-O", "-", "http://\(ip)/")
        #expect(byAddress.status != 0, "another network reaches it by address\n\(byAddress)")
        let byName = try await stage.attempt("exec", "-T", "far", "timeout", "2", "wget", "-q", "-O", "-", "http://web/")
        #expect(byName.status != 0, "another network reaches it by name\n\(byName)")
      }
    }

    @Test func aPublishedPortAnswersOnEveryAddressOfTheHost() async throws {
      let port = try freePort()
      let stack = """
        services:
          web: { image: busybox, init: true, command: \(Self.server), hostname: webhost, ports: ["\(port):80"] }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let addresses = try await run("ip", "-4", "-o", "address", "show", "up", "scope", "global").expect().output
          .matches(of: /inet (\d+\.\d+\.\d+\.\d+)/).map { String($0.output.1) }
        for host in ["127.0.0.1", "localhost"] + addresses {
          let answer = try await eventually {
            try? await fetch("http://\(host):\(port)/")
          } until: {
            $0?.status == 200
          }
          #expect(answer?.body == "webhost\n", "http://\(host):\(port)/: \(String(describing: answer))")
        }
        let listed = try await stage.containers()["shop-web-1"]?.Publishers ?? []
        #expect(listed.contains { $0.PublishedPort == Int(port) && $0.TargetPort == 80 }, "\(listed)")

        try await stage("stop")
        await #expect(throws: NoAnswer.self) { try await fetch("http://127.0.0.1:\(port)/") }
        _ = try PortHolder(port: port)
      }
    }

    @Test func aPortOfOneAddressIsOnlyThere() async throws {
      let port = try freePort()
      let stack = """
        services:
          web: { image: busybox, init: true, command: \(Self.server), ports: ["127.0.0.1:\(port):80"] }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let answer = try await eventually {
          try? await fetch("http://127.0.0.1:\(port)/")
        } until: {
          $0?.status == 200
        }
        #expect(answer?.status == 200)
        let addresses = try await run("ip", "-4", "-o", "address", "show", "up", "scope", "global").expect().output
          .matches(of: /inet (\d+\.\d+\.\d+\.\d+)/).map { String($0.output.1) }
        for host in addresses {
          await #expect(throws: NoAnswer.self) { try await fetch("http://\(host):\(port)/", seconds: 3) }
        }
      }
    }

    /// The replicas of a service share its port, and those that are unhealthy have no part in it.
    @Test func replicasShareAPublishedPort() async throws {
      let port = try freePort()
      let server = #"["sh", "-c", "mkdir -p /tmp/www; hostname >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www"]"#
      let stack = """
        services:
          web:
            image: busybox
            init: true
            command: \(server)
            ports: ["\(port):80"]
            scale: 2
            healthcheck: { test: "test ! -e /tmp/sick", interval: 100ms, retries: 1 }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach", "--wait")
        @Sendable func seen(_ count: Int) async throws -> Set<String> {
          var pages: Set<String> = []
          for _ in 0..<count { pages.insert(try await fetch("http://127.0.0.1:\(port)/").body) }
          return pages
        }
        #expect(try await seen(24).count == 2)
        let name = try await stage("exec", "-T", "--index", "1", "web", "hostname").output
        try await stage("exec", "-T", "--index", "1", "web", "touch", "/tmp/sick")
        let left = try await eventually {
          try await seen(8)
        } until: {
          !$0.contains(name)
        }
        #expect(left.count == 1 && !left.contains(name), "\(left)")
        try await stage("up", "--detach", "--scale", "web=1")
        #expect(try await seen(4) == [name])
        try await stage("up", "--detach", "--scale", "web=3", "--no-recreate")
      }
    }

    @Test func aHostsNetworkIsTheHosts() async throws {
      let stack = "services: { web: { image: busybox, init: true, command: sleep 1000, network_mode: host } }"
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let there = try await stage("exec", "-T", "web", "ls", "/sys/class/net").lines
        let here = names(in: "/sys/class/net").map { Substring($0) }
        #expect(Set(there) == Set(here))
      }
    }
  }
}
