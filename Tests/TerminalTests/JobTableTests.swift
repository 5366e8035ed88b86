import Backend
import Reconciler
import StackModel
import Terminal
import Testing

/// Jobs and their runs, as they are listed, and what a plan does to them.
@Suite struct JobTableTests {
  private let second: Int64 = 1_000_000_000

  private func run(_ number: Int, _ state: JobRun.State, _ edit: (inout JobRun) -> Void = { _ in }) -> JobRun {
    var run = JobRun(project: "shop", job: "backup", number: number, trigger: .schedule, state: state, createdAt: 400 * second)
    edit(&run)
    return run
  }

  @Test func jobs() {
    let last = run(4, .failed) {
      ($0.startedAt, $0.finishedAt, $0.exitCode) = (420 * second, 425 * second, 3)
    }
    let backup = JobSummary(
      project: "shop", name: "backup", image: "x",
      triggers: JobTriggers(schedules: [JobSchedule(cron: "0 3 * * *", timezone: "Europe/Paris"), JobSchedule(cron: "@weekly")]),
      nextAt: 660 * second, running: [5], lastRun: last)
    let tidy = JobSummary(project: "shop", name: "tidy", image: "x", triggers: JobTriggers())
    #expect(
      Table.jobs([backup, tidy], now: 600 * second).render() == """
        NAME      SCHEDULE             ZONE                STATE     NEXT RUN            LAST RUN                 EXIT
        backup    0 3 * * *, @weekly   Europe/Paris, UTC   running   in about a minute   failed (3 minutes ago)   3
        tidy      manual               -                   idle      -                   -                        -

        """)
    #expect(Table.jobs([tidy], now: 0, hasProjects: true).render().contains("shop      tidy"))
  }

  @Test func runs() {
    let runs = [
      run(7, .running) { $0.startedAt = 590 * second },
      run(6, .skipped) {
        $0.count = 12
        $0.finishedAt = 580 * second
        $0.reason = "run 5 was not\u{1B}[2J over"
      },
      run(5, .failed) {
        ($0.startedAt, $0.finishedAt, $0.exitCode, $0.wasOutOfMemory, $0.reason) = (420 * second, 425 * second, 137, true, "out of memory")
      },
      run(4, .failed) {
        ($0.finishedAt, $0.reason) = (410 * second, "db, which it depends on, has no container")
        $0.trigger = .manual
      },
      run(3, .cancelled) {
        ($0.startedAt, $0.finishedAt, $0.exitCode, $0.reason) = (400 * second, 407 * second, 143, "it was cancelled")
      },
    ]
    let text = Table.jobRuns(runs, now: 600 * second).render()
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0].split(separator: " ") == ["RUN", "TRIGGER", "STATE", "WHEN", "TOOK", "EXIT", "REASON"])
    #expect(lines[1].hasPrefix("7         schedule   running ") && lines[1].contains("10 seconds ago"), "\(text)")
    #expect(lines[2].contains("skipped 12 times") && lines[2].contains("20 seconds ago") && !text.contains("\u{1B}"), "\(text)")
    #expect(lines[3].contains("5 seconds") && lines[3].contains("137") && lines[3].hasSuffix("out of memory"), "\(text)")
    #expect(lines[4].contains("manual") && lines[4].hasSuffix("db, which it depends on, has no container"), "\(text)")
    #expect(lines[5].contains("cancelled") && lines[5].contains("7 seconds") && lines[5].contains("143"), "\(text)")
  }

  @Test func plans() {
    let job = Job(definition: Service(name: "backup", image: "x"), triggers: JobTriggers(schedules: [JobSchedule(cron: "@daily")]))
    let change = FieldChange(path: "triggers.schedule", old: .text("@daily"), new: .text("@weekly"))
    let plan = Plan(
      project: "shop", basis: 0,
      steps: [
        Step(id: 0, action: .createJob("new", job), reasons: [.absent]),
        Step(id: 1, action: .updateJob("backup", job), reasons: [.changed([change])]),
        Step(id: 2, action: .removeJob("old", timeout: nil), reasons: [.undeclared]),
      ])
    #expect(
      PlanView(style: .plain).text(plan) == """
          + job new
          ± job backup   update in place
              triggers.schedule   @daily → @weekly
          - job old      remove: not in the stack file any more

        Plan: 1 to create, 1 to update in place, 1 to remove.

        """)
  }
}
