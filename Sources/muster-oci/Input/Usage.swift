/// The commands there are.
enum Usage {
  static let version = "0.1.0"

  static let commands: [String: @Sendable (Call) throws -> Int32] = [
    "create": createCommand, "start": startCommand, "run": runCommand, "exec": execCommand, "state": stateCommand, "kill": killCommand,
    "delete": deleteCommand, "list": listCommand, "ps": psCommand, "pause": pauseCommand, "resume": resumeCommand, "update": updateCommand,
    "events": eventsCommand, "features": featuresCommand, "spec": specCommand,
  ]

  static let text = """
    usage: muster-oci [--root DIR] [--log FILE] [--log-format text|json] [--debug] [--systemd-cgroup] COMMAND

      create [-b BUNDLE] [--console-socket PATH] [--pid-file FILE] [--preserve-fds N] ID
      start ID
      run [-b BUNDLE] [-d] [--console-socket PATH] [--pid-file FILE] [--preserve-fds N] [--keep] ID
      exec [-d] [-t] [-u UID[:GID]] [--cwd DIR] [-e NAME=VALUE] [-p PROCESS.json] [--pid-file FILE] ID COMMAND...
      state ID
      kill [--all] ID [SIGNAL]
      delete [--force] ID
      list [--format table|json] [-q]
      ps [--format table|json] ID [OPTIONS OF ps]
      pause ID, resume ID
      update [-r RESOURCES.json] [--memory BYTES] [--cpu-quota US] [--pids-limit N] ... ID
      events [--stats] [--interval TIME] ID
      features
      spec [-b BUNDLE]
    """
}
