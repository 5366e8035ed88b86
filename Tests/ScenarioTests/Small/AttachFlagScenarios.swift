import TestSupport
import Testing

extension Scenarios {
  /// `--attach`: which of a container's streams are looked on at.
  @Suite struct AttachFlags {
    @Test func onlyTheStreamsThatAreNamedAreShown() async throws {
      try await Stage.play("services: { web: { image: busybox } }") { stage in
        let both = ["busybox", "sh", "-c", "echo to out; echo to err >&2; exit 3"]
        for (words, output, errors) in [
          ([], "to out\n", "to err\n"), (["-a", "stderr"], "", "to err\n"), (["--attach", "STDOUT"], "to out\n", ""),
          (["-a", "stdout", "-a", "stderr"], "to out\n", "to err\n"),
        ] {
          let ran = try await stage.muster(["container", "run", "--rm", "--network", "none"] + words + both, in: stage.directory)
          #expect(ran.status == 3 && ran.output == output && ran.errors == errors, "\(ran)")
        }
        // Its input is open, and nobody's: who reads it waits.
        let silent = try await stage(
          "container", "run", "--rm", "-i", "--net", "none", "-a", "stdout", "busybox", "sh", "-c", "read -t 1 line; echo \"got $line\"",
          input: "not passed on\n")
        #expect(silent.output == "got \n", "\(silent)")
        let unopened = try await stage(
          "container", "run", "--rm", "--net", "none", "-a", "stdin", "-a", "stdout", "busybox", "cat", input: "nor this\n")
        #expect(unopened.output == "" && unopened.errors.contains("-i keeps it open"), "\(unopened)")
      }
    }

    @Test func inputAloneIsGivenAndLeft() async throws {
      try await Stage.play("services: { web: { image: busybox } }") { stage in
        let given = try await stage(
          "container", "run", "-i", "--net", "none", "-a", "stdin", "--name", "taker", "busybox", "sh", "-c",
          "cat >/got; echo shown; exec sleep 1000", input: "given\n")
        #expect(given.output.count == 65 && !given.output.contains("shown"), "\(given)")
        let got = try await eventually {
          try await stage.attempt("container", "exec", "taker", "cat", "/got").output
        } until: {
          $0 == "given\n"
        }
        #expect(got == "given\n")
        let format = "{{.State.Status}} {{.Config.AttachStdin}} {{.Config.AttachStdout}} {{.Config.AttachStderr}}"
        #expect(try await stage("container", "inspect", "-f", format, "taker").output == "running true false false\n")
        try await stage("container", "create", "--net", "none", "-a", "stderr", "--name", "later", "busybox", "true")
        #expect(try await stage("container", "inspect", "-f", format, "later").output == "created false false true\n")
        try await stage("container", "rm", "-f", "taker", "later")
        let both = try await stage.attempt("container", "run", "-d", "-a", "stdout", "busybox", "true")
        #expect(both.status == 125 && both.errors.contains("cannot specify both --attach and --detach"), "\(both)")
        let unknown = try await stage.attempt("container", "run", "-a", "stdlog", "busybox", "true")
        #expect(unknown.status != 0 && unknown.errors.contains("stdlog"), "\(unknown)")
      }
    }
  }
}
