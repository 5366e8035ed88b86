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
          "image", "build", "-q", "--build-arg", "GREETING=hello", "--secret", "id=token,src=token", "--label", "a=b", "-f", "Dockerfile", ".")
        #expect(again.output == id + "\n" && again.errors == "", "\(again)")
        // A stack that is none is not listed.
        #expect(try await !stage("ls", "--all").output.contains("muster-build"))

        let failed = try await stage.attempt("image", "build", "--target", "other", "--tag", "x", "nowhere")
        #expect(failed.status == 1 && failed.errors.contains("nowhere"), "\(failed)")
        let unknown = try await stage.attempt("image", "build", "--secret", "src=token", ".")
        #expect(unknown.status == 1 && unknown.errors.contains("it has no id="), "\(unknown)")
      }
    }
  }
}
