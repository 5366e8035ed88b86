import Foundation
import TestSupport
import Testing

extension Scenarios {
  /// `muster network …`, as people know it from Docker.
  @Suite struct NetworkVerbs {
    @Test func containersComeToNetworksAndGoWhileTheyRun() async throws {
      let stack = """
        services:
          web: { image: busybox, init: true, command: \(Networks.server), hostname: webhost }
          client: { image: busybox, init: true, command: sleep 1000, networks: [shared] }
        networks: { shared: { external: true, name: shared } }
        """
      try await Stage.play(stack) { stage in
        let missing = try await stage.attempt("up", "--detach")
        #expect(missing.status != 0 && missing.errors.contains("shared"), "\(missing)")
        let id = try await stage("network", "create", "--ipv6", "--subnet", "fd5e:a7:2::/64", "--label", "team=shop", "shared").output
        #expect(id.count == 65, "\(id)")
        let again = try await stage.attempt("network", "create", "shared")
        #expect(again.status == 1 && again.errors.contains("network with name shared already exists"), "\(again)")
        try await stage("up", "--detach")

        func page(_ name: String) async throws -> Outcome {
          try await stage.attempt("exec", "-T", "client", "timeout", "3", "wget", "-q", "-O", "-", "http://\(name)/")
        }
        #expect(try await page("web").status != 0)
        try await stage("network", "connect", "--alias", "www", "--ip6", "fd5e:a7:2::99", "shared", "shop-web-1")
        for name in ["web", "www", "[fd5e:a7:2::99]"] {
          #expect(try await page(name).output == "webhost\n", "\(name)")
        }
        let twice = try await stage.attempt("network", "connect", "shared", "shop-web-1")
        #expect(twice.status == 1 && twice.errors.contains("already exists in network shared"), "\(twice)")

        let text = try await stage("network", "inspect", "shared").output
        let objects = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        let members = try #require(objects.first?["Containers"] as? [String: [String: String]])
        #expect(Set(members.values.compactMap { $0["Name"] }) == ["shop-web-1", "shop-client-1"])
        #expect(members.values.contains { $0["IPv6Address"] == "fd5e:a7:2::99/64" })
        #expect(objects.first?["EnableIPv6"] as? Bool == true && (objects.first?["Labels"] as? [String: String]) == ["team": "shop"])

        let used = try await stage.attempt("network", "rm", "shared")
        #expect(used.status == 1 && used.errors.contains("still uses it"), "\(used)")
        try await stage("network", "disconnect", "shared", "shop-web-1")
        #expect(try await page("www").status != 0)
        let gone = try await stage.attempt("network", "disconnect", "shared", "shop-web-1")
        #expect(gone.status == 1 && gone.errors.contains("is not connected to network shared"), "\(gone)")

        let short = String(id.prefix(12))
        #expect(try await stage("network", "ls", "--filter", "label=team").lines.last?.contains("shared") == true)
        #expect(try await stage("network", "ls", "-q", "--filter", "name=shared").output == short + "\n")
        try await stage("network", "create", "--internal", "--ip-range", "10.91.7.128/25", "--subnet", "10.91.7.0/24", "spare")
        #expect(try await stage("network", "prune", "--force").output == "Deleted Networks:\nspare\n\n")
        try await stage("down", "--timeout", "0")
        #expect(try await stage("network", "rm", short).output == short + "\n")
        let absent = try await stage.attempt("network", "rm", "shared")
        #expect(absent.status == 1 && absent.errors.contains("network shared not found"), "\(absent)")
        #expect(try await stage("network", "rm", "--force", "shared").output == "")
      }
    }

    @Test func whatIsListedIsWrittenAsAsked() async throws {
      try await Stage.play("services: { web: { image: busybox } }") { stage in
        try await stage("network", "create", "--label", "team=a", "--subnet", "198.18.7.0/24", "--internal", "form")
        #expect(try await stage("network", "ls", "--format", "{{.Name}} {{.Driver}} {{.Internal}} {{.Labels}}").output == "form bridge true team=a\n")
        let table = try await stage("network", "ls", "--format", "table {{.Name}}\\t{{.Scope}}").output
        #expect(table.split(separator: "\n").map { $0.split(separator: " ") } == [["NAME", "SCOPE"], ["form", "local"]])
        #expect(try await stage("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "form").output == "198.18.7.0/24\n")
        try await stage("network", "rm", "form")
        let wrong = try await stage.attempt("network", "ls", "--format", "{{.Name")
        #expect(wrong.status == 1 && wrong.errors.contains("template"), "\(wrong)")
      }
    }

    @Test func whatCannotBeIsToldByName() async throws {
      try await Stage.play("services: { web: { image: busybox } }") { stage in
        for (arguments, words) in [
          ("--driver overlay x", "the driver overlay is not supported"), ("bridge", "predefined bridge network"),
          ("--subnet 10.0.0.0/8 --subnet 11.0.0.0/8 x", "one subnet of each family"), ("--subnet fd00::/64 x", "add --ipv6"),
          ("--gateway 10.0.0.1 x", "is in no subnet"), ("-o parent=eth0 x", "the option parent is not supported"), ("--driver macvlan -o parent=lo x", "cannot be a parent"),
          ("--driver ipvlan -o parent=eth0 -o ipvlan_mode=l9 x", "the option ipvlan_mode is not a mode"),
          ("--driver ipvlan --subnet 10.1.0.0/16 --subnet 10.2.0.0/16 --gateway 10.3.0.1 x", "is in no subnet"),
          ("--no-ipv4 x", "neither IPv4 nor IPv6"), ("a/b", "is not a network's name"), ("--subnet here x", "here is not an IPv4 subnet"),
        ] {
          let words = (arguments.split(separator: " ").map(String.init), words)
          let refused = try await stage.muster(["network", "create"] + words.0, in: stage.directory, environment: stage.environment)
          #expect(refused.status == 1 && refused.errors.contains(words.1), "\(refused)")
        }
        #expect(try await stage("network", "ls", "-q").output == "")
      }
    }
  }
}
