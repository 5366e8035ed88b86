import Glibc
import StackModel
import TestSupport
import Testing

@testable import Networking

extension KernelNetworkTests {
  /// A real Docker engine in the same network namespace, with its rules as they are on a machine.
  @Suite(.enabled(if: DockerEngine.isThere, "no Docker to stand beside: install Debian's docker.io")) struct BesideDocker {
    @Test(arguments: [true, false]) func bothReachWhatTheyShould(isDockerFirst: Bool) async throws {
      let files = try TemporaryDirectory("beside")
      let tar = files("tiny.tar")
      try await TinyImage.write(to: tar)
      try await World.play { world in
        func network() async throws -> (World.Container, World.Container, World.Container) {
          let (front, back) = try await (world.network("shop_front"), world.network("shop_back"))
          return try await (
            world.container("web", on: front, service: "web"), world.container("peer", on: front), world.container("other", on: back)
          )
        }
        let early = isDockerFirst ? nil : try await network()
        var failure: (any Error)?
        do {
          try await DockerEngine.with(sharesNetwork: true) { (docker) async throws in
            // As Docker has it where it is the first to forward.
            try await run("iptables", "-P", "FORWARD", "DROP").expect()
            let (web, peer, other) = if let early { early } else { try await network() }
            let server = try await web.namespace.listen(80)
            let page = try await world.outside.listen(80)
            _ = try await world.networking.publish(web.id, ports: [PortMapping(published: 8080, target: 80)], endpoints: web.endpoints)
            _ = try await world.networking.defendFirewall()
            try await docker.docker(["import", tar, "tiny"]).expect()
            try await docker.docker(["run", "-d", "--name", "docked", "-p", "9090:80", "tiny", "httpd", "-f", "-p", "80"]).expect()
            let address = try await docker.docker(["inspect", "-f", "{{.NetworkSettings.IPAddress}}", "docked"]).expect().lines.first ?? ""
            func reaches(_ address: String, _ port: UInt16) async throws -> Bool {
              try await docker.docker(["exec", "docked", "nc", "-w", "2", address, "\(port)", "-e", "true"]).status == 0
            }
            // Those of Docker, of its own and of ours.
            #expect(try await reaches(World.outsideAddress, 80))
            #expect(try await reaches(World.hostAddress, 8080))
            #expect(try await !reaches(web.address, 80))
            #expect(try await world.outside.connect(World.hostAddress, 9090) == 0)
            // Ours, as without it.
            #expect(try await world.outside.connect(World.hostAddress, 8080) == 0)
            #expect(try await peer.namespace.connect(web.address, 80) == 0)
            #expect(try await web.namespace.connect(World.outsideAddress, 80) == 0)
            #expect(try await other.namespace.connect(World.hostAddress, 8080) == 0)
            #expect(try await other.namespace.connect(web.address, 80, patience: 1) != 0)
            #expect(TestSocket(.stream).connect("127.0.0.1", 8080) == 0)
            #expect(Answer(try await peer.namespace.ask(web.endpoints[0].gateway, query("web")))?.addresses == [web.address])
            // What is Docker's stays behind its own rules: its published port, and no more.
            #expect(try await web.namespace.connect(World.hostAddress, 9090) == 0)
            // Who came through would be refused: nobody listens there.
            #expect(try await web.namespace.connect(String(address), 81, patience: 1) == EINPROGRESS)
            withExtendedLifetime((server, page)) {}
          }
        } catch { failure = error }
        // What Docker leaves behind in this namespace goes with it.
        await world.networking.removeEverything()
        _ = try await run("ip", "link", "delete", "docker0")
        _ = try await run("nft", "flush", "ruleset")
        if let failure { throw failure }
      }
    }
  }
}
