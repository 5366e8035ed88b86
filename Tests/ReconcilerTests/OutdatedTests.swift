import OCI
import Reconciler
import StackModel
import Testing

/// Which containers are not what the stack that was applied last says.
@Suite struct OutdatedTests {
  private func fields(_ world: World, _ stack: Stack, _ remote: [String: Digest] = [:]) -> [String] {
    world.observed.containers.flatMap { stack.outdatedFields(of: $0, images: world.observed.images, remote: remote) }
  }

  @Test func whatWasMadeByItIsNot() throws {
    let stack = stack(service("web", replicas: 2), service("db") { $0.containerName = "the-db" })
    #expect(fields(try World(up: stack), stack) == [])
  }

  @Test func whatDiffersIsNamedWithoutItsValue() throws {
    let world = try World(up: stack(service("web") { $0.options.environment = ["TOKEN": "old", "LEVEL": "1"] }))
    let now = stack(
      service("web") {
        $0.options.environment = ["TOKEN": "new", "LEVEL": "2"]
        $0.image = "web:2"
      })
    let found = fields(world, now)
    #expect(found == ["image", "environment.LEVEL", "environment.TOKEN"], "\(found)")
  }

  /// `--scale` and the name of a successor are no differences; what secrets contain is not known here.
  @Test func whatIsNoDifference() throws {
    let grant = { (fingerprint: String?) in
      service("web") {
        var grant = FileGrant(source: "key", target: "/run/secrets/key")
        grant.fingerprint = fingerprint
        $0.options.secrets = [grant]
      }
    }
    var world = try World(up: stack(grant("1")))
    world.observed.containers[0].spec.name = "shop-web-1-next"
    world.observed.containers[0].spec.number = 7
    #expect(fields(world, stack(grant(nil))) == [])
  }

  @Test func tagsThatHaveMovedAreSeen() throws {
    let stack = stack(service("web"))
    var world = try World(up: stack)
    let image = world.observed.containers[0].imageID
    #expect(fields(world, stack, ["web:1": image]) == [])
    #expect(fields(world, stack, ["web:1": digest(0xabc)]) == ["image: the registry has another web:1"])
    world.observed.images["web:1"] = digest(0xabc)
    #expect(fields(world, stack, ["web:1": digest(0xabc)]) == ["image: web:1 is another one now"])
    // An earlier version runs the very image that it ran then.
    let back = self.fields(world, ReconcilerTests.stack(service("web") { $0.image = image.description }))
    #expect(back == [])
  }

  @Test func aServiceThatIsGoneIsSaidAndOneWithoutItsProfileIsNot() throws {
    let world = try World(up: stack(service("web"), service("old")))
    #expect(fields(world, stack(service("web"))) == ["its service is not in the stack file any more"])
    let disabled = stack(service("web")) { $0.disabledServices["old"] = service("old") }
    #expect(fields(world, disabled) == [])
  }
}
