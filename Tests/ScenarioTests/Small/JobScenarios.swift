import FoundationEssentials
import TestSupport
import Testing

extension Scenarios {
  /// Jobs: registered by up, run by hand, looked at, changed, and gone with down.
  @Suite struct Jobs {
    static let stack = """
      services:
        db:
          image: busybox
          init: true
          command: sleep 1000
      jobs:
        backup:
          image: busybox
          command: ["sh", "-c", "echo dumping $$(nslookup db > /dev/null && echo db); echo oops >&2; exit 3"]
          depends_on: [db]
          volumes: ["data:/data"]
          triggers:
            schedule:
              - {cron: "30 2 29 feb *", timezone: UTC, concurrency: queue, missed_fires: skip}
        tidy:
          image: busybox
          command: ["sh", "-c", "sleep 1; echo tidy"]
          triggers: {manual: true}
      volumes: {data: {}}
      """

    private struct Run: Decodable {
      var Number: Int
      var Trigger: String
      var State: String
      var ExitCode: Int32?
      var Container: String
      var StartedAt: String
    }

    private struct Row: Decodable {
      var Name: String
      var Schedule: String
      var TimeZone: String
      var NextRun: String
      var ExitCode: Int32?
    }

    private static func decode<Value: Decodable>(_ outcome: Outcome, as type: Value.Type) throws -> [Value] {
      try outcome.lines.map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    private static func history(_ stage: Stage, _ job: String) async throws -> [Run] {
      try decode(try await stage("job", "history", "--format", "json", job), as: Run.self)
    }

    @Test func upRunHistoryLogsDown() async throws {
      try await Stage.play(Self.stack) { stage in
        let plan = try await stage("plan")
        #expect(
          plan.output.contains("+ job backup") && plan.output.contains("+ job tidy") && plan.output.contains("volume shop_data"), "\(plan)")
        try await stage("up", "--detach")
        #expect(try await stage("plan").output.contains("Nothing to do"))

        let jobs = try Self.decode(try await stage("job", "ls", "--format", "json"), as: Row.self)
        #expect(jobs.map(\.Name) == ["backup", "tidy"])
        #expect(jobs.first?.Schedule == "30 2 29 feb *" && jobs.first?.TimeZone == "UTC" && jobs.last?.Schedule == "manual")
        #expect(jobs.first?.NextRun.contains("-02-29T02:30:00") == true && jobs.last?.NextRun == "", "\(jobs)")
        #expect(try await stage("job", "ls", "-q").output == "backup\ntidy\n")

        let run = try await stage("job", "run", "backup", status: 3)
        #expect(run.output == "dumping db\n" && run.errors.contains("oops"), "\(run)")
        let history = try await Self.history(stage, "backup")
        #expect(history.map(\.ExitCode) == [3] && history.map(\.State) == ["failed"] && history.map(\.Trigger) == ["manual"])
        #expect(history.first?.Container == "shop-backup-run-1" && history.first?.StartedAt.isEmpty == false)
        let logs = try await stage("job", "logs", "backup")
        #expect(logs.output == "dumping db\n" && logs.errors.contains("oops"), "\(logs)")
        #expect(try await stage("job", "logs", "--run", "1", "--tail", "0", "backup").output == "")
        // Runs are no containers of services, and are gone when they are over.
        #expect(try await stage.containers().keys.sorted() == ["shop-db-1"])

        #expect(try await stage("job", "run", "-d", "tidy").output == "shop-tidy-run-1\n")
        // No overlap unless asked.
        let busy = try await stage("job", "run", "tidy", status: 1)
        #expect(busy.errors.contains("run 1 of it goes on"), "\(busy)")
        let followed = try await stage("job", "logs", "--follow", "tidy")
        #expect(followed.output == "tidy\n", "\(followed)")
        #expect(try await Self.history(stage, "tidy").map(\.State) == ["succeeded"])
        let table = try await stage("job", "ls").output
        #expect(table.contains("NEXT RUN") && table.contains("succeeded (") && table.contains("failed ("), "\(table)")

        try stage.write(
          "compose.yaml", Self.stack.replacing("30 2 29", with: "45 2 29").replacing("concurrency: queue", with: "concurrency: forbid"))
        let changed = try await stage("plan").output
        #expect(changed.contains("± job backup") && changed.contains("30 2 29 feb * UTC → 45 2 29 feb * UTC"), "\(changed)")
        try await stage("up", "--detach")
        #expect(try await stage("plan").output.contains("Nothing to do"))
        #expect(try await Self.history(stage, "backup").count == 1)

        try await stage("down", "--timeout", "0")
        #expect(try await stage("job", "ls", "-q", "--all").output == "")
      }
    }

    @Test func aStackOfJobsAlone() async throws {
      let stack = """
        jobs:
          once: {image: busybox, command: ["sh", "-c", "echo alone"], triggers: {manual: true}}
        """
      try await Stage.play(stack) { stage in
        // Nothing to look on at: it returns.
        try await stage("up")
        #expect(try await stage("job", "run", "once").output == "alone\n")
        #expect(try await stage("ls", "--format", "{{.Name}} {{.Status}}").output == "shop jobs(1)\n")
        let unknown = try await stage("job", "run", "twice", status: 1)
        #expect(unknown.errors.contains("has no job \"twice\"") && unknown.errors.contains("its jobs are once"), "\(unknown)")
        // Compose's own word for it.
        #expect(try await stage("run", "once").output == "alone\n")
        let other = try await stage("run", "once", "echo", "else", status: 1)
        #expect(other.errors.contains("is a job, which runs as its stack file says"), "\(other)")
        let up = try await stage("up", "-d", "once", status: 1)
        #expect(up.errors.contains("muster job run once"), "\(up)")
      }
    }

    @Test func aRunIsCancelled() async throws {
      let stack = """
        jobs:
          long:
            image: busybox
            command: ["sh", "-c", "trap 'exit 7' TERM; echo begun; while :; do sleep 0.05; done"]
            triggers: {manual: true}
        """
      try await Stage.play(stack) { stage in
        try await stage("up")
        #expect(try await stage("job", "run", "-d", "long").output == "shop-long-run-1\n")
        let logs = try await eventually {
          try await stage("job", "logs", "long").output
        } until: {
          $0 == "begun\n"
        }
        #expect(logs == "begun\n")
        let unknown = try await stage("job", "cancel", "long", "2", status: 1)
        #expect(unknown.errors.contains("the job has no run 2 that is kept"), "\(unknown)")
        #expect(try await stage("job", "cancel", "long", "1").output == "shop-long-run-1\n")
        let history = try await Self.history(stage, "long")
        #expect(history.map(\.State) == ["cancelled"] && history.map(\.ExitCode) == [7])
        #expect(try await stage("job", "history", "long").output.contains("it was cancelled"))
        #expect(try await stage("job", "logs", "long").output == "begun\n")
        let over = try await stage("job", "cancel", "long", "1", status: 1)
        #expect(over.errors.contains("run 1 is over: cancelled"), "\(over)")
        let none = try await stage("job", "cancel", "--timeout", "0", "long")
        #expect(none.output == "" && none.errors.contains("no run of long goes on"), "\(none)")
      }
    }

    @Test func whatIsWrongIsToldAtItsPlace() async throws {
      let stack = """
        jobs:
          never: {image: busybox, triggers: {schedule: [{cron: "0 0 31 2 *", timezone: Europe/Nowhere}]}}
        """
      try await Stage.play(stack) { stage in
        let refused = try await stage("up", status: 1)
        #expect(refused.errors.contains("compose.yaml:2:56") && refused.errors.contains("never comes: there is no such day"), "\(refused)")
        #expect(refused.errors.contains("there is no time zone \"Europe/Nowhere\""), "\(refused)")
      }
    }
  }
}
