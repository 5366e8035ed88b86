import TestSupport
import Testing

extension Scenarios {
  /// Images that no stack names.
  @Suite struct ImageVerbs {
    @Test func aRootFileSystemIsImportedWithWhatIsSaidOfIt() async throws {
      try await Stage.play("services: { web: { image: busybox } }") { stage in
        try await TinyImage.write(to: stage.directory + "/root.tar")
        let changes = [
          "CMD echo $A as $(id -un) in $(pwd)", "ENV A=b", "USER app", "WORKDIR /srv", "EXPOSE 80", "LABEL team=shop", "VOLUME /data",
          "ONBUILD RUN true",
        ]
        let words = ["image", "import", "--message", "made flat"] + changes.flatMap { ["--change", $0] } + ["root.tar", "flat"]
        let id = try await stage.muster(words, in: stage.directory).expect(0).output
        let run = try await stage("container", "run", "--rm", "--network", "none", "flat")
        #expect(run.output == "b as app in /srv\n", "\(run)")
        let format =
          "{{.Comment}} {{.Config.Labels.team}} {{json .Config.ExposedPorts}} {{json .Config.Volumes}} {{json .Config.OnBuild}} {{.Architecture}}"
        let told = try await stage("image", "inspect", "--format", format, "flat").output
        #expect(told.hasPrefix(#"made flat shop {"80/tcp":{}} {"/data":{}} ["RUN true"] "#), "\(told)")
        // The same again is the same image; with another command it is another, which takes the name.
        #expect(try await stage.muster(words, in: stage.directory).expect(0).output == id)
        let other = try await stage("image", "import", "-c", #"ENTRYPOINT ["echo", "said"]"#, "-c", #"CMD ["x"]"#, "root.tar", "flat")
          .output
        #expect(other != id)
        #expect(try await stage("container", "run", "--rm", "--network", "none", "flat").output == "said x\n")
        #expect(try await stage("container", "run", "--rm", "--network", "none", "flat", "y").output == "said y\n")

        try await stage("image", "import", "--platform", "linux/arm64", "root.tar", "arm")
        #expect(
          try await stage("image", "inspect", "-f", "{{.Os}}/{{.Architecture}} {{.Comment}}", "arm").output
            == "linux/arm64 Imported from root.tar\n")
        for (words, refusal) in [
          (["-c", "RUN true", "root.tar"], "RUN is not a valid change command"), (["-c", "ENV", "root.tar"], "ENV"),
          (["--platform", "windows/amd64", "root.tar"], "no platform of Linux"), (["nothing.tar"], "nothing.tar"),
        ] {
          let outcome = try await stage.muster(["image", "import"] + words, in: stage.directory)
          #expect(outcome.status == 1 && outcome.errors.contains(refusal), "\(outcome)")
        }
      }
    }

    @Test func aBuildIsShownAsItsOwnFlagSays() async throws {
      try await Stage.play("services: { web: { build: . } }") { stage in
        try stage.write("Dockerfile", "FROM busybox\nRUN echo built in $(ulimit -n) files\n")
        let build = ["image", "build", "--no-cache", "--ulimit", "nofile=123:456", "-t", "shown", "."]
        let plain = try await stage.muster(["--progress", "quiet"] + build + ["--progress", "plain"], in: stage.directory).expect()
        #expect(plain.errors.contains("built in 123 files"), "\(plain)")
        let quiet = try await stage.muster(["--progress", "plain"] + build + ["--progress=quiet"], in: stage.directory).expect()
        #expect(!quiet.errors.contains("built in"), "\(quiet)")
        let attested = try await stage("image", "build", "--provenance", "mode=max", "--quiet", ".")
        #expect(attested.errors.contains("warning: --provenance has no effect"), "\(attested)")
        let service = try await stage("build", "--no-cache", "--progress", "plain")
        #expect(service.errors.contains("built in"), "\(service)")
      }
    }

    @Test func aContainersFilesComeInThroughAPipe() async throws {
      try await Stage.play("services: { web: { image: busybox } }") { stage in
        let run = ["container", "run", "--network", "none", "--name", "source", "busybox", "sh", "-c", "echo mine >/srv/left"]
        try await stage.muster(run, in: stage.directory).expect(0)
        let piped = try await stage.shell("$muster container export source | $muster image import -c 'CMD cat /srv/left' - piped")
        #expect(piped.status == 0, "\(piped)")
        #expect(try await stage("container", "run", "--rm", "--network", "none", "piped").output == "mine\n")
        #expect(try await stage("image", "inspect", "-f", "{{.Comment}}", "piped").output == "Imported from -\n")
        // A file as standard input; a saved image keeps its own configuration.
        let saved = try await stage.shell(
          "$muster image save -o saved.tar piped && $muster image rm piped && $muster image import - again <saved.tar")
        #expect(saved.status == 0, "\(saved)")
        #expect(try await stage("container", "run", "--rm", "--network", "none", "again").output == "mine\n")
        let refused = try await stage.attempt("image", "import", "-c", "USER app", "saved.tar")
        #expect(
          refused.status == 1 && refused.errors.contains("saved image") && refused.errors.contains("configuration of its own"), "\(refused)"
        )
        try await stage("container", "rm", "source")
      }
    }
  }
}
