import TestSupport
import Testing

extension Scenarios {
  /// A stack whose network has both families, and one that has only IPv6.
  @Suite struct IPv6 {
    @Test func aStackSpeaksBothFamilies() async throws {
      let port = try freePort()
      let server = #"["sh", "-c", "mkdir -p /tmp/www; hostname >/tmp/www/index.html; exec httpd -f -p '[::]:80' -h /tmp/www"]"#
      let stack = """
        services:
          web:
            image: busybox
            init: true
            hostname: webhost
            command: \(server)
            ports: ["\(port):80"]
            networks: { default: { ipv6_address: "fd5e:a7:1::80" } }
          client: { image: busybox, init: true, command: sleep 1000 }
          lone: { image: busybox, init: true, command: sleep 1000, networks: [six] }
          plain: { image: busybox, init: true, command: sleep 1000, networks: [four] }
        networks:
          default: { enable_ipv6: true, ipam: { config: [{ subnet: "fd5e:a7:1::/64" }] } }
          six: { enable_ipv4: false, enable_ipv6: true }
          four: {}
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        @Sendable func inside(_ service: String, _ words: String...) async throws -> Outcome {
          try await stage.muster(["exec", "-T", service] + words, in: stage.directory, environment: stage.environment)
        }
        let page = try await eventually {
          try await inside("client", "timeout", "5", "wget", "-q", "-O", "-", "http://[fd5e:a7:1::80]/")
        } until: {
          $0.status == 0
        }
        #expect(page.output == "webhost\n", "\(page)")
        #expect(try await inside("client", "nslookup", "-type=aaaa", "web").output.contains("fd5e:a7:1::80"))
        #expect(try await inside("client", "nslookup", "fd5e:a7:1::80").output.contains("shop-web-1.shop_default"))
        #expect(try await inside("web", "cat", "/etc/hosts").output.contains("fd5e:a7:1::80\twebhost"))
        #expect(try await inside("client", "cat", "/proc/sys/net/ipv6/conf/eth0/accept_ra").output == "0\n")
        // The server listens on both families; at the address of the network itself, too.
        #expect(try await fetch("http://127.0.0.1:\(port)/").body == "webhost\n")
        #expect(try await fetch("http://[fd5e:a7:1::1]:\(port)/").body == "webhost\n")
        // One that has no IPv4 has names all the same.
        #expect(try await inside("lone", "ip", "-4", "-o", "address", "show", "eth0").output == "")
        #expect(try await inside("lone", "ip", "-6", "route").output.contains("default via fd"))
        #expect(try await inside("lone", "nslookup", "-type=aaaa", "lone").output.contains("fd"))
        // Nobody has IPv6 who did not ask.
        #expect(try await inside("plain", "cat", "/proc/sys/net/ipv6/conf/eth0/disable_ipv6").output == "1\n")
        #expect(try await inside("plain", "ip", "-6", "-o", "address", "show", "eth0").output == "")
        // Nothing differs the second time.
        #expect(try await stage("plan", "--detailed-exitcode").status == 0)
      }
    }
  }
}
