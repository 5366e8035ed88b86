import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// What hands do at a terminal: sizes, control keys, detaching; and afterwards it is as it was.
  @Suite struct Terminals {
    /// A person's own shell at a terminal, which runs `muster` with these words after a line, says `back CODE`, and ends after another.
    private func person(_ words: String, _ stage: Stage) throws -> Child {
      try Child(
        ["sh", "-c", "echo ready; read go; \(Muster.programs)/muster \(words); echo \"back $?\"; read end"],
        environment: stage.muster.environment, directory: stage.directory, streams: .terminal(rows: 31, columns: 99))
    }

    /// Has the person begin; returns how the terminal is set before.
    private func begin(_ person: Child) async throws -> [UInt32] {
      try await person.shows("ready")
      let modes = person.terminalModes
      #expect(!modes.isEmpty)
      try person.send("\n")
      return modes
    }

    /// The command has ended so, with the terminal as it was.
    private func expectBack(_ person: Child, _ code: Int32, _ modes: [UInt32]) async throws {
      try await person.shows("back \(code)")
      #expect(person.terminalModes == modes)
      try person.send("\n")
      #expect(await person.end().status == 0)
    }

    /// Types a line until its answer is seen: nothing announces that who types is attached.
    private func type(_ line: String, until answer: String, _ person: Child) async throws {
      let shown = try await eventually {
        try person.send(line)
        try await Task.sleep(for: .milliseconds(100))
        return person.soFar.output
      } until: {
        $0.contains(answer)
      }
      #expect(shown.contains(answer), "\(shown)")
    }

    @Test func aShellInAContainer() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        try await stage("up", "--detach")
        let person = try person("exec web sh", stage)
        let modes = try await begin(person)
        try await person.shows("# ")
        #expect(person.terminalModes != modes)
        try person.send("stty size\n")
        try await person.shows("31 99")
        person.resize(rows: 40, columns: 120)
        try await type("stty size\n", until: "40 120", person)
        // Ctrl-C is the foreground program's and ends nothing else.
        try person.send("sleep 4321\n")
        _ = try await eventually {
          try await stage("exec", "-T", "web", "ps").output
        } until: {
          $0.contains("sleep 4321")
        }
        try person.send("\u{3}")
        try await type("echo in''terrupted $?\n", until: "interrupted 130", person)
        // Ctrl-D is the end of the shell's input.
        try person.send("false\n\u{4}")
        try await expectBack(person, 1, modes)
      }
    }

    @Test func whoDetachesLeavesItRunningAndMayComeBack() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        // The image is here by then.
        try await stage("up", "--detach")
        func state() async throws -> String {
          try await stage("container", "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "held").output
        }
        let first = try person("container run -it --network none --name held busybox sh", stage)
        var modes = try await begin(first)
        try await first.shows("# ")
        try first.send("stty size\n")
        try await first.shows("31 99")
        // A lone ctrl-p is the program's.
        try first.send("\u{10}x\u{15}\u{10}\u{11}")
        try await expectBack(first, 0, modes)
        #expect(try await state() == "running 0\n")

        let second = try person("container attach --detach-keys ctrl-x,d held", stage)
        modes = try await begin(second)
        try await type("echo in si''de $((40 + 2))\n", until: "in side 42", second)
        try second.send("\u{18}d")
        try await expectBack(second, 0, modes)
        #expect(try await state() == "running 0\n")

        let third = try person("container attach held", stage)
        modes = try await begin(third)
        try await type("echo on''ce more\n", until: "once more", third)
        try third.send("exit 3\n")
        try await expectBack(third, 3, modes)
        #expect(try await state() == "exited 3\n")
        try await stage("container", "rm", "held")
      }
    }

    /// Ends the `muster` that a person has run, and nothing else.
    private func end(_ person: Child, by signal: Int32) throws {
      let children = try readText("/proc/\(person.pid)/task/\(person.pid)/children").split(separator: " ").compactMap { Int32($0) }
      #expect(children.count == 1)
      kill(try #require(children.first), signal)
    }

    @Test func aCommandThatIsEndedLeavesTheTerminalAsItWas() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        try await stage("up", "--detach")
        try await stage("container", "run", "-dit", "--network", "none", "--name", "held", "busybox", "sh")
        for (words, signal, code) in [
          ("exec web sh", SIGTERM, 143), ("run --rm web sh", SIGHUP, 129),
          ("container run --rm -it --network none busybox sh", SIGTERM, 143),
          ("container attach held", SIGHUP, 129), ("container exec -it held sh", SIGINT, 130),
        ] as [(String, Int32, Int32)] {
          let person = try person(words, stage)
          let modes = try await begin(person)
          try await type("echo in si''de $((40 + 2))\n", until: "in side 42", person)
          #expect(person.terminalModes != modes, "\(words)")
          try end(person, by: signal)
          try await expectBack(person, code, modes)
        }
        // Who only looked on has ended nothing.
        #expect(try await stage("container", "inspect", "--format", "{{.State.Status}}", "held").output == "running\n")
        let others = try await stage("container", "ls", "--filter", "ancestor=busybox", "--format", "{{.Names}}").lines
        for name in others where name != "shop-web-1" { _ = try await stage.attempt("container", "rm", "-f", String(name)) }
      }
    }

    @Test func aPasswordThatIsNotGivenLeavesTheTerminalAsItWas() async throws {
      try await Stage.play("services: { web: { image: busybox } }") { stage in
        let person = try person("login --username me 127.0.0.1:1", stage)
        let modes = try await begin(person)
        try await person.shows("Password: ")
        let hidden = try await eventually {
          person.terminalModes
        } until: {
          $0 != modes
        }
        #expect(hidden != modes)
        try end(person, by: SIGTERM)
        try await expectBack(person, 143, modes)
      }
    }

    @Test func anEngineThatDiesLeavesTheTerminalAsItWas() async throws {
      try await Stage.play("services: { web: { image: busybox, init: true, command: sleep 1000 } }") { stage in
        try await stage("up", "--detach")
        let person = try person("exec web sh", stage)
        let modes = try await begin(person)
        try await person.shows("# ")
        #expect(person.terminalModes != modes)
        kill(try #require(stage.muster.engine), SIGKILL)
        try await person.shows("back ")
        #expect(!person.soFar.output.contains("back 0") && person.terminalModes == modes, "\(person.soFar)")
        try person.send("\n")
        _ = await person.end()
        #expect(try await stage("ps", "--format", "{{.State}}").output == "running\n")
      }
    }
  }
}
