import Reconciler
import StackModel
import Testing

/// Containers that live in another's namespaces or with its volumes.
@Suite struct SharingTests {
  private let edits: [(inout Service) -> Void] = [
    { $0.options.pidOwner = .service("app") }, { $0.options.ipc = .of(.service("app")) },
  ]

  private func sidecar(_ edit: (inout Service) -> Void) -> Service { service("sidecar", needs: ["app": Dependency(restart: true)], edit) }

  @Test func areRecreatedWithTheOwnerOfTheNamespace() throws {
    for edit in edits {
      let after = stack(service("app") { $0.options.user = "app" }, sidecar(edit))
      #expect(
        try printed(World(up: stack(service("app"), sidecar(edit))), after, up()) == """
          0 ~ stop container shop-sidecar-1 (it needs app, which changes)
          1 - remove container shop-sidecar-1 (it needs app, which changes) after 0
          2 ~ stop container shop-app-1 (user: added app) after 0
          3 - remove container shop-app-1 (user: added app) after 2
          4 + create container shop-app-1 (user: added app) after 3
          5 ~ start container shop-app-1 (user: added app) after 0 4
          6 + create container shop-sidecar-1 (it needs app, which changes) after 1
          7 ~ start container shop-sidecar-1 (it needs app, which changes) after 5 6
          """)
    }
  }

  @Test func areRestartedWithTheOwner() throws {
    for edit in edits {
      let stack = stack(service("app"), sidecar(edit))
      #expect(
        try World(up: stack).plan(stack, .restart(services: ["app"], timeout: nil, noDependencies: true)).description == """
          0 ~ stop container shop-sidecar-1 (it needs app, which changes)
          1 ~ restart container shop-app-1 (restart) after 0
          2 ~ start container shop-sidecar-1 (it needs app, which changes) after 0 1
          """)
    }
  }

  @Test func volumesAreTakenFromAContainerThatIsThere() throws {
    let backup = service("backup", needs: ["db": Dependency()]) { $0.options.volumesFrom = [VolumesFrom(source: .service("db"))] }
    let wanted = stack(service("db"), backup)
    let plan = try World().plan(wanted, up())
    let made = try #require(plan.steps.firstIndex { $0.action.subject == "Container shop-backup-1" })
    let owner = try #require(plan.steps.first { $0.action.subject == "Container shop-db-1" })
    #expect(plan.steps[made].after.contains(owner.id), "\(plan)")
    // Made anew: its anonymous volumes may be others.
    let changed = stack(service("db") { $0.options.user = "db" }, backup)
    let text = try printed(World(up: wanted), changed, up())
    #expect(text.contains("create container shop-backup-1 (it needs db, which changes)"), "\(text)")
    // A restart changes nothing of that.
    #expect(
      try printed(World(up: wanted), wanted, .restart(services: ["db"], timeout: nil, noDependencies: false))
        == "0 ~ restart container shop-db-1 (restart)")
  }
}
