import Foundation
import TestSupport
import Testing

extension Scenarios {
  /// `muster image build`, as people know `docker build`.
  @Suite struct ImageBuilds {
    static let dockerfile = """
      FROM busybox AS base
      ARG GREETING
      RUN --mount=type=secret,id=token test -s /run/secrets/token && echo "$GREETING" >/greeting
      FROM busybox AS other
      RUN <<EOF
      #!/bin/sh
      echo "by $0" >/how
      EOF
      FROM base
      COPY --from=other --link /how /how
      COPY --parents --exclude=*.log src/deep /
      CMD ["sh", "-c", "cat /greeting /how; find /src -type f"]

      """

    @Test func anImageIsBuiltOutsideAnyStack() async throws {
      let stack = "services: {web: {image: 'shop/built:2', network_mode: none}}"
      try await Stage.play(stack) { stage in
        try stage.write("Dockerfile", Self.dockerfile)
        for name in ["src/deep/kept.txt", "src/deep/gone.log", "token"] { try stage.write(name, "a secret value") }
        let built = try await stage(
          "image", "build", "--tag", "shop/built:2", "--build-arg", "GREETING=hello", "--secret", "id=token,src=token", "--label", "a=b",
          "--iidfile", "id", ".")
        #expect(built.output == "" && built.errors.contains("COPY --parents"), "\(built)")
        #expect(!(built.output + built.errors).contains("a secret value"))
        let id = try String(decoding: readFile(stage.directory + "/id"), as: UTF8.self)
        #expect(try await stage("image", "inspect", "--format", "{{.Id}} {{.Config.Labels.a}}", "shop/built:2").output == "\(id) b\n")
        let ran = try await stage("run", "--rm", "-T", "web").output
        #expect(ran == "hello\nby /dev/pipes/EOF\n/src/deep/kept.txt\n", "\(ran)")

        // The same again is the same image; quietly, its id is all that is said.
        let again = try await stage(
          "image", "build", "-q", "--build-arg", "GREETING=hello", "--secret", "id=token,src=token", "--label", "a=b", "-f", "Dockerfile",
          ".")
        #expect(again.output == id + "\n" && again.errors == "", "\(again)")
        // A stack that is none is not listed.
        #expect(try await !stage("ls", "--all").output.contains("muster-build"))

        let failed = try await stage.attempt("image", "build", "--target", "other", "--tag", "x", "nowhere")
        #expect(failed.status == 1 && failed.errors.contains("nowhere"), "\(failed)")
        let unknown = try await stage.attempt("image", "build", "--secret", "src=token", ".")
        #expect(unknown.status == 1 && unknown.errors.contains("it has no id="), "\(unknown)")
      }
    }

    /// `--output`: the files in a directory and in an archive, the image in an archive.
    @Test func theResultIsWrittenToo() async throws {
      try await Stage.play("services: {web: {image: 'shop/out', network_mode: none}}") { stage in
        try stage.write("Dockerfile", "FROM scratch\nCOPY --chmod=0640 page /srv/page\n")
        try stage.write("page", "a page\n")
        try stage.write("kept", "as it was\n")
        let built = try await stage(
          "image", "build", "-q", "-o", "files", "--output", "type=tar,dest=files.tar", "--output", "type=oci,dest=image.tar", "-t",
          "shop/out",
          ".")
        #expect(built.output.hasPrefix("sha256:"), "\(built)")
        #expect(try String(decoding: readFile(stage.directory + "/files/srv/page"), as: UTF8.self) == "a page\n")
        let mode = try FileManager.default.attributesOfItem(atPath: stage.directory + "/files/srv/page")[.posixPermissions] as? Int
        #expect(mode == 0o640)
        #expect(try await run("tar", "-xOf", stage.directory + "/files.tar", "srv/page").output == "a page\n")
        #expect(try await run("tar", "-tf", stage.directory + "/image.tar").output.contains("oci-layout"))
        // Nothing of it is left but the image.
        #expect(try await stage("container", "ls", "--all", "--quiet").output == "")
        let wrong = try await stage.attempt("image", "build", "-o", "type=zip", ".")
        #expect(wrong.status == 1 && wrong.errors.contains("type is local, tar, oci"), "\(wrong)")
        let agent = try await stage.attempt("image", "build", "--ssh", "default", ".")
        #expect(agent.status == 1 && agent.errors.contains("SSH_AUTH_SOCK is not set"), "\(agent)")
      }
    }

    /// `image build -`: an archive of the context, or a Dockerfile alone.
    @Test func theContextComesOnStandardInput() async throws {
      try await Stage.play("services: {web: {image: 'shop/piped', network_mode: none}}") { stage in
        for (name, text) in [
          ("in/deep/Dockerfile", "FROM busybox\nCOPY . /seen/\nCMD [\"find\", \"/seen\", \"-type\", \"f\"]\n"),
          ("in/page", "a page\n"), ("in/gone.log", ""), ("in/.dockerignore", "*.log\n"),
        ] { try stage.write(name, text) }
        // Packed, through a pipe; and as it is, from a file.
        for (pack, feed) in [("-cz", "cat in.tar |"), ("-c", "exec <in.tar;")] {
          let built = try await stage.shell(
            "tar \(pack) -f in.tar -C in .; \(feed) \"$muster\" image build -q -t shop/piped -f deep/Dockerfile -")
          #expect(built.status == 0 && built.output.hasPrefix("sha256:"), "\(built)")
          let ran = try await stage("run", "--rm", "-T", "web").lines.sorted()
          #expect(ran == ["/seen/.dockerignore", "/seen/deep/Dockerfile", "/seen/page"], "\(ran)")
          try await stage("image", "rm", "shop/piped")
        }
        try await stage("image", "build", "-q", "-t", "shop/piped", "-", input: "FROM busybox\nCMD [\"echo\", \"alone\"]\n")
        #expect(try await stage("run", "--rm", "-T", "web").output == "alone\n")
        let file = try await stage(
          "image", "build", "-q", "-t", "shop/piped", "-f", "-", "in", input: "FROM busybox\nCOPY page /\nCMD [\"cat\", \"/page\"]\n")
        #expect(file.output.hasPrefix("sha256:"))
        #expect(try await stage("run", "--rm", "-T", "web").output == "a page\n")

        let missing = try await stage("image", "build", "-", status: 1, input: "FROM busybox\nCOPY page /\n")
        #expect(missing.errors.contains("page"), "\(missing)")
        for (words, text, problem) in [
          (["-f", "-", "-"], "FROM busybox", "can't use stdin for both build context and dockerfile"),
          (["-f", "Dockerfile", "-"], "FROM busybox", "ambiguous Dockerfile source"), (["-"], "", "standard input is empty"),
          (["-"], "\u{1F}\u{08}", "unknown instruction"),
        ] {
          let refused = try await stage.muster(["image", "build"] + words, in: stage.directory, input: text)
          #expect(refused.status == 1 && refused.errors.contains(problem), "\(refused)")
        }
        let cut = try await stage.shell("head -c 200 in.tar | gzip -c | head -c 60 | \"$muster\" image build -")
        #expect(cut.status == 1 && cut.errors.contains("the build context on standard input"), "\(cut)")
      }
    }

    /// `build --check`: what is wrong in Dockerfiles, or better done otherwise; `build --print`: the builds as another tool's file.
    @Test func dockerfilesAreLookedAtAndShown() async throws {
      let stack = """
        services:
          web: { image: shop/web, build: . }
          again: { image: shop/again, build: . }
          good: { image: shop/good, build: { context: ., dockerfile: Good } }
        """
      try await Stage.play(stack) { stage in
        try stage.write("Dockerfile", "FROM nowhere/at:all\nRUN false\nCMD serve\n")
        try stage.write("Good", "FROM nowhere/at:all\nCMD [\"serve\"]\n")
        let checked = try await stage("image", "build", "--check", ".", status: 1)
        #expect(
          checked.output.hasPrefix("WARNING: JSONArgsRecommended - https://") && checked.output.contains("\nDockerfile:3\n")
            && checked.output.contains("   3 | >>> CMD serve\n"), "\(checked)")
        #expect(checked.lines.last == "Check complete, 1 warning has been found!")
        #expect(try await stage("image", "build", "--check", "-f", "Good", ".").output == "Check complete, no warnings found.\n")
        let piped = try await stage("image", "build", "--check", "-", status: 1, input: "FROM a\nRUM b\n")
        #expect(piped.output.contains("unknown instruction RUM"), "\(piped)")
        let all = try await stage("build", "--check", status: 1)
        #expect(all.output.components(separatedBy: "WARNING:").count == 2 && all.output.contains("no warnings found"), "\(all)")
        #expect(try await stage("build", "--check", "good").output == "Check complete, no warnings found.\n")

        let shown = try await stage("build", "--print", "web").output
        let file = try #require(try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: [String: [String: Any]]])
        #expect(file["group"]?["default"]?["targets"] as? [String] == ["web"], "\(shown)")
        #expect(file["target"]?["web"]?["dockerfile"] as? String == stage.directory + "/Dockerfile", "\(shown)")
        #expect(try await stage("image", "ls", "-q").lines.count == 1)
      }
    }
  }
}
