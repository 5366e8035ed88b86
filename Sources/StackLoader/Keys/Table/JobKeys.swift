/// What a job is made of: a container, and what starts it. Not in the specification yet, but in Compose since 5.8.
extension KeyTable {
  static let job = Shape.keys(
    containerKeys + [
      Key(
        "triggers", .inherited,
        .keys([
          Key("manual", .inherited, .flag, "Whether the job is only run when asked for."),
          Key(
            "schedule", .inherited, .string.written(as: .cron) | .list(.string.written(as: .cron) | schedule),
            "When the job runs: minute, hour, day of the month, month, day of the week.", example: "\"0 3 * * *\""),
        ]), "What starts the job.")
    ], name: "job")

  private static let schedule = Shape.keys(
    [
      Key(
        "cron", .inherited, .string.written(as: .cron), "Minute, hour, day of the month, month, day of the week.", example: "\"0 3 * * *\""),
      Key("timezone", .inherited, .string, "The time zone that the times are in.", example: "Europe/Berlin"),
      Key("concurrency", .inherited, .string, "What happens when the last run has not ended, as queue.", example: "queue"),
      Key("missed_fires", .inherited, .string, "What happens to runs that were missed, as skip.", example: "skip"),
    ], required: ["cron"])
}
