import OCI
import Reconciler
import StackModel
import Terminal
import Testing

@Suite struct PlanViewTests {
  private func plan(_ steps: [(Action, [Reason])], notes: [String] = [], unchanged: [String] = []) -> Plan {
    Plan(
      project: "shop", basis: 0, steps: steps.enumerated().map { Step(id: $0.offset, action: $0.element.0, reasons: $0.element.1) },
      notes: notes,
      unchanged: unchanged)
  }

  private func spec(_ name: String) -> ContainerSpec { ContainerSpec(project: "shop", service: "s", name: name, image: "i") }

  private func recreate(_ name: String, _ reasons: [Reason]) -> [(Action, [Reason])] {
    [
      (.stopContainer(name: name, id: "1", timeout: nil), reasons), (.removeContainer(name: name, id: "1", volumes: false), reasons),
      (.createContainer(spec(name), anonymousVolumes: [:]), reasons), (.startContainer(name: name), reasons),
    ]
  }

  /// The new one, the old one and all that is done to both is one line.
  @Test func aContainerThatIsReplacedWithoutAGapIsOneThing() {
    let reasons: [Reason] = [.changed([FieldChange(path: "user", old: nil, new: .text("web"))])]
    let batch = RolloutBatch(
      service: "web", number: 1, count: 1, containers: ["shop-web-1"], successors: ["0a_shop-web-1"], tried: 1, total: 1,
      failureAction: .pause, maximumFailureRatio: 0, isRollback: false)
    let steps: [(Action, [Reason])] = [
      (.createSuccessor(spec("shop-web-1"), name: "0a_shop-web-1", anonymousVolumes: [:]), reasons),
      (.startContainer(name: "0a_shop-web-1"), reasons), (.watchContainer(name: "0a_shop-web-1", service: "web", monitor: nil), reasons),
      (.handOver(name: "shop-web-1", id: "0a", successor: "0a_shop-web-1"), reasons),
      (.drainContainer(name: "0a_shop-web-1", id: "0a", timeout: nil), reasons),
      (.stopContainer(name: "0a_shop-web-1", id: "0a", timeout: nil), reasons),
      (.removeContainer(name: "0a_shop-web-1", id: "0a", volumes: false), reasons), (.settleBatch(batch), reasons),
      (.delayBatch("web", .seconds(1)), reasons),
    ]
    #expect(
      PlanView(style: .plain).text(plan(steps)) == """
          ~ container shop-web-1   replace without a gap
              user   added web

        Plan: 1 to replace without a gap.

        """)
  }

  @Test func saysWhatHappensToEachThingAndWhy() {
    let changes = Reason.changed([
      FieldChange(path: "environment.LOG_LEVEL", old: .text("info"), new: .text("debug")),
      FieldChange(path: "secrets.db_password", old: .hidden, new: .hidden),
      FieldChange(path: "environment.API_TOKEN", old: nil, new: .hidden), FieldChange(path: "user", old: .text("a"), new: nil),
    ])
    let steps: [(Action, [Reason])] =
      [
        (.createNetwork(Network(key: "default", name: "shop_default")), [.absent]),
        (.createContainer(spec("shop-new-1"), anonymousVolumes: [:]), [.absent]),
        (.startContainer(name: "shop-new-1"), [.absent]),
      ] + recreate("shop-web-1", [changes])
      + recreate(
        "shop-db-1",
        [
          .requested("--force-recreate"),
          .imageMoved(from: Digest(hex: String(repeating: "a", count: 64))!, to: Digest(hex: String(repeating: "b", count: 64))!),
        ])
      + [
        (.startContainer(name: "shop-job-1"), [.stopped(exitCode: 1)]),
        (.waitFor(service: "db", containers: [], condition: .healthy, isRequired: true), [.neededBy("web")]),
        (.stopContainer(name: "shop-app-1", id: "2", timeout: nil), [.dependency("db")]),
        (.startContainer(name: "shop-app-1"), [.dependency("db")]),
        (.removeContainer(name: "shop-old-1", id: "3", volumes: false), [.undeclared]),
      ]
    #expect(
      PlanView(style: .plain).text(plan(steps, notes: ["volume shop_data is kept"], unchanged: ["shop-x-1", "shop-y-1"])) == """
          + network shop_default
          + container shop-new-1
          ~ container shop-web-1   recreate
              environment.LOG_LEVEL   info → debug
              secrets.db_password     changed
              environment.API_TOKEN   added (sensitive)
              user                    removed a
          ~ container shop-db-1    recreate: --force-recreate
              image   aaaaaaaaaaaa → bbbbbbbbbbbb
          · container shop-job-1   start: exited (1)
          · until db is healthy    wait: web waits for it
          · container shop-app-1   restart: it needs db, which changes
          - container shop-old-1   remove: not in the stack file any more

        Plan: 2 to create, 2 to recreate, 1 to restart, 1 to start, 1 to remove, 2 unchanged.
        note: volume shop_data is kept

        """)
  }

  @Test func saysWhenThereIsNothingToDo() {
    #expect(PlanView(style: .plain).text(plan([], unchanged: ["a", "b"])) == "Nothing to do: 2 containers are as the stack file says.\n")
    #expect(PlanView(style: .plain).text(plan([], unchanged: ["a"])) == "Nothing to do: 1 container is as the stack file says.\n")
    #expect(PlanView(style: .plain).text(plan([], notes: ["No services to build"])) == "Nothing to do.\nnote: No services to build\n")
  }

  @Test func isColouredAndHarmless() {
    let change = Reason.changed([FieldChange(path: "command", old: nil, new: .text("\u{1B}[2J"))])
    let text = PlanView(style: Style(hasColour: true)).text(plan(recreate("shop-a-1", [change])))
    #expect(text.hasPrefix("  \u{1B}[33m~\u{1B}[0m container shop-a-1"))
    #expect(!text.contains("\u{1B}[2J"))
  }
}
