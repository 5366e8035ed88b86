/// What a job is made of: a container, and what starts it. Not in the specification yet, but in Compose since 5.8.
extension KeyTable {
  static let job = Shape.keys(
    containerKeys + [
      Key(
        "triggers", .exact,
        .keys([
          Key(
            "manual", .exact, .flag,
            "Whether the job may be run by hand; true unless said. A job without a schedule runs only so.", example: "false"),
          Key(
            "schedule", .exact, .string.written(as: .cron) | .list(.string.written(as: .cron) | schedule),
            "When the job runs: minute, hour, day of the month, month, day of the week. Beyond Compose there may be several, names of months and days, and @hourly, @daily, @weekly, @monthly and @yearly.",
            example: "\"0 3 * * *\""),
        ]), "What starts the job.", example: "{schedule: [\"0 3 * * *\"]}")
    ], required: ["triggers"], name: "job")

  private static let schedule = Shape.keys(
    [
      Key(
        "cron", .exact, .string.written(as: .cron), "Minute, hour, day of the month, month, day of the week.", example: "\"0 3 * * *\""),
      Key(
        "timezone", .exact, .string, "The time zone that the times are in, as the machine has it; UTC unless said.",
        example: "Europe/Berlin"),
      Key(
        "concurrency", .exact, .string.one(of: "forbid", "queue", "allow", "replace"),
        "What happens when the schedule fires while a run goes on: the new one is skipped (forbid, unless said) or waits (queue); beyond Compose, both run (allow) or the old one is stopped (replace).",
        example: "queue"),
      Key(
        "missed_fires", .exact, .string.one(of: "one", "skip"),
        "What happens with runs that were due while no engine ran: one makes up for them (one, unless said), or they are only told about (skip).",
        example: "skip"),
    ], required: ["cron"])
}
