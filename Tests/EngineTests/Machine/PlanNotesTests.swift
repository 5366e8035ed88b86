import Backend
import Glibc
import Networking
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// A plan says what it would be refused for on this machine, and nothing is made for the sake of it.
@Suite(.serialized) struct PlanNotesTests {
  private func request(_ stack: Stack, _ expectation: PlanExpectation? = nil) -> StackRequest {
    StackRequest(project: stack.name, stack: stack, operation: .up(UpOptions()), expectation: expectation)
  }

  @Test func allThatIsInItsWayIsNoted() async throws {
    try await EngineOfOurOwn.with { engine in
      let host = try TemporaryDirectory("binds")
      let holder = try PortHolder(port: freePort())
      var stack = engine.stack("noted", ["file": "exec sleep 1000", "init": "exec sleep 1000", "port": "exec sleep 1000"])
      stack.networks["noted_default"]?.subnet = "198.18.43.0/24"
      stack.networks["noted_default"]?.ipvlan = IpvlanOptions(parent: "mt-absent0")
      stack.networks["noted_front"] = Network(key: "front", name: "noted_front")
      stack.services["port"]?.options.network = .bridges([Attachment(network: "noted_front")])
      stack.services["port"]?.options.ports = [PortMapping(published: holder.port, target: 80)]
      stack.services["init"]?.options.hooks = LifecycleHooks(beforeStart: [InitStep(image: "no-such-image")])
      stack.services["file"]?.options.mounts = [
        Mount(source: .bind(path: host("nginx.conf"), createsHostPath: true, propagation: nil), target: "/etc/nginx.conf"),
        Mount(source: .bind(path: host("data"), createsHostPath: true, propagation: nil), target: "/data"),
        Mount(source: .image("nothing"), target: "/x"),
      ]
      stack.services["file"]?.replicas = 2
      for plan in [try await engine.backend.plan(request(stack)), try await engine.backend.prepare(request(stack)).plan] {
        let expected = [
          KernelLinks.haveIpvlan ? "the host has no interface mt-absent0" : "kernel has no ipvlan (modprobe ipvlan); use the driver bridge",
          "file: the bind source \(host("nginx.conf")) does not exist, and looks like a file; make the file",
          "file: the image \"nothing\" that it mounts is not on this machine; import it",
          "port: port \(holder.port)/tcp is already taken by", "init: pre_start[0]: the image \"no-such-image\" is not on this machine",
        ]
        #expect(plan.notes.count == expected.count, "\(plan.notes)")
        for (note, words) in zip(plan.notes, expected) {
          #expect(note.hasPrefix("it would be refused: ") && note.contains(words), "\(note)")
        }
        #expect(!plan.isEmpty)
      }
      #expect(access(host("nginx.conf"), F_OK) != 0 && access(host("data"), F_OK) != 0)
      #expect(await engine.backend.networking.records.isEmpty)
      #expect(await engine.backend.containers.all().isEmpty)
      #expect(await engine.backend.catalog.stacks().isEmpty)
      // And so it is.
      await #expect {
        try await engine.up(stack)
      } throws: {
        "\($0)".contains(KernelLinks.haveIpvlan ? "no interface mt-absent0" : "no ipvlan")
      }
    }
  }

  /// What was in the way is no part of what the plan depends on.
  @Test func aKeptPlanIsCarriedOutWhenItsWayIsFree() async throws {
    try await EngineOfOurOwn.with { engine in
      let port = try freePort()
      var stack = engine.stack("kept", ["web": "exec sleep 1000"])
      stack.services["web"]?.options.ports = [PortMapping(published: port, target: 80)]
      func taken() async throws -> PreparedPlan {
        let holder = try PortHolder(port: port)
        let prepared = try await engine.backend.prepare(request(stack))
        await #expect {
          try await engine.backend.carryOut(request(stack, prepared.expectation)) { _ in }
        } throws: {
          "\($0)".contains("port \(holder.port)/tcp is already taken")
        }
        return prepared
      }
      let prepared = try await taken()
      #expect(prepared.plan.notes.count == 1)
      #expect(try await engine.backend.carryOut(request(stack, prepared.expectation)) { _ in }.failures == [])
      // Its own port is not in its way.
      stack.services["web"]?.options.environment["A"] = "b"
      let next = try await engine.backend.plan(request(stack))
      #expect(!next.isEmpty && next.notes == [])
      // Another's is.
      var other = engine.stack("other", ["web": "exec sleep 1000"])
      other.services["web"]?.options.ports = [PortMapping(hostAddress: "127.0.0.1", published: port, target: 80)]
      #expect(try await engine.backend.plan(request(other)).notes.map { $0.contains("is already taken by container kept-web-1") } == [true])
    }
  }

  /// An image that comes with the plan is not missing.
  @Test func whatThePlanItselfGetsIsNotInItsWay() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("gets", ["web": "exec sleep 1000"]) {
        $0.hooks = LifecycleHooks(beforeStart: [InitStep(image: "registry.invalid/tool:latest")])
      }
      var tool = Service(name: "tool", image: "registry.invalid/tool")
      tool.options.network = NetworkMode.none
      stack.services["tool"] = tool
      let plan = try await engine.backend.plan(request(stack))
      #expect(plan.steps.contains { $0.action == .pullImage(reference: "registry.invalid/tool", service: "tool") } && plan.notes == [])
    }
  }
}
