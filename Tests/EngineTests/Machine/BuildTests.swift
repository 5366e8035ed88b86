import Backend
import ImageStore
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct BuildTests {
  /// Builds the service `web` of a stack of its own.
  private func build(
    _ engine: EngineOfOurOwn, _ dockerfile: String, context: String = "/srv", values: [String: String] = [:], noCache: Bool = false,
    _ change: (inout Stack) -> Void = { _ in }
  ) async throws -> (report: Report, lines: [String]) {
    var stack = engine.stack("built", ["web": "exec sleep 1000"])
    stack.services["web"]?.image = "built-web"
    stack.services["web"]?.build = BuildSpec(context: context, inlineDockerfile: dockerfile, options: BuildOptions())
    change(&stack)
    let request = StackRequest(project: "built", stack: stack, operation: .build(services: [], noCache: noCache), values: values)
    let (report, events) = try await engine.events { try await engine.backend.carryOut(request, onEvent: $0) }
    return (report, events.lines("Image built-web"))
  }

  /// What a command prints in a container of the built image.
  private func inside(_ engine: EngineOfOurOwn, _ script: String) async throws -> String {
    var stack = engine.stack("look", ["a": "exec sleep 1000"])
    stack.services["a"]?.image = "built-web"
    #expect(try await engine.up(stack).failures == [])
    let output = try await engine.exec("look", "a", ["sh", "-c", script]).output
    try await engine.down("look")
    return output
  }

  @Test func secretsAreInNoLayerNoCacheAndNoKey() async throws {
    try await EngineOfOurOwn.with { engine in
      let canary = "canary-7f3a91c2d4"
      let dockerfile = """
        FROM tiny
        RUN --mount=type=secret,id=token,required=true [ "$(wc -c < /run/secrets/token)" = 17 ] && stat -c '%a %u %g' /run/secrets/token
        RUN --mount=type=secret,id=token,target=/root/.npmrc,mode=0440,uid=1000 stat -c '%a %u %g' /root/.npmrc
        RUN --mount=type=secret,id=token,env=TOKEN [ "${#TOKEN}" = 17 ] && [ ! -e /run/secrets/token ]
        RUN --mount=type=secret,id=other [ ! -e /run/secrets/other ]
        RUN [ ! -e /run/secrets ] && [ ! -e /root/.npmrc ] && [ -z "$TOKEN" ]
        """
      func grant(_ stack: inout Stack) {
        stack.secrets["api_token"] = FileSource(origin: .environment("TOKEN"))
        stack.services["web"]?.build?.options?.secrets = ["token": FileGrant(source: "api_token", target: "/run/secrets/token")]
      }
      let (report, lines) = try await build(engine, dockerfile, values: ["secrets.api_token": canary], grant)
      #expect(report.failures == [])
      #expect(lines.contains { $0.hasSuffix(" 400 0 0") } && lines.contains { $0.hasSuffix(" 440 1000 0") }, "\(lines)")
      for place in [engine.location.root, engine.location.runDirectory] {
        let found = try await run("grep", "-r", "-l", "-a", canary, place)
        #expect(found.output.isEmpty, "\(found)")
      }
      let image = try #require(await engine.backend.images.resolve("built-web"))
      // Another value is no other build, and what there is says nothing of the first.
      let again = try await build(engine, dockerfile, values: ["secrets.api_token": "canary-of-17-byte"], grant)
      #expect(again.lines.count { $0.hasSuffix(" CACHED") } == 5, "\(again.lines)")
      #expect(await engine.backend.images.resolve("built-web")?.id == image.id)
      #expect(try await inside(engine, "ls -a /root /run") == "/root:\n.\n..\n\n/run:\n.\n..\n")

      let missing = try await build(engine, "FROM tiny\nRUN --mount=type=secret,id=none,required=true true")
      #expect(missing.report.failures.first?.error.message.contains("the secret none is required and not given") == true)
    }
  }

  @Test func anAgentIsASocketOfTheCommandsOwn() async throws {
    try await EngineOfOurOwn.with { engine in
      let files = try TemporaryDirectory("agent")
      let agent = try UnixSocket.listen(path: files.path + "/agent.sock")
      let dockerfile = """
        FROM tiny
        RUN --mount=type=ssh,uid=1000,required [ -S "$SSH_AUTH_SOCK" ] && stat -c '%a %u %g' $SSH_AUTH_SOCK
        RUN --mount=type=ssh,id=other,target=/sock [ -S /sock ] && echo "at $SSH_AUTH_SOCK"
        RUN --mount=type=ssh,id=none [ -z "$SSH_AUTH_SOCK" ] && [ ! -e /run/buildkit ] && [ ! -e /sock ]
        """
      let (report, lines) = try await build(engine, dockerfile) {
        $0.services["web"]?.build?.options?.agents = ["default": files.path + "/agent.sock", "other": files.path + "/agent.sock"]
      }
      #expect(report.failures == [])
      #expect(lines.contains { $0.hasSuffix(" 600 1000 0") } && lines.contains { $0.hasSuffix(" at /sock") }, "\(lines)")
      #expect(try await inside(engine, "ls -a /run; ls /sock 2>&1") == ".\n..\nls: /sock: No such file or directory\n")
      _ = consume agent
    }
  }

  @Test func aHereDocumentCanBeAProgram() async throws {
    try await EngineOfOurOwn.with { engine in
      let (report, lines) = try await build(
        engine, "FROM tiny\nRUN <<EOF\n#!/bin/sh -e\necho \"$0 $#\"\necho made >/made\nEOF\nRUN [ ! -e /dev/pipes ]\n")
      #expect(report.failures == [])
      #expect(lines.contains { $0.hasSuffix(" /dev/pipes/EOF 0") }, "\(lines)")
      #expect(try await inside(engine, "cat /made; ls /dev/pipes 2>&1") == "made\nls: /dev/pipes: No such file or directory\n")
    }
  }

  /// Two stages whose commands use the build's network at the same time.
  @Test func stagesShareTheBuildsNetwork() async throws {
    try await EngineOfOurOwn.with { engine in
      let stages = (0..<4).map { "FROM tiny AS s\($0)\nRUN ip -o addr show eth0 >/out\($0)\n" }.joined()
      let copies = (0..<4).map { "COPY --from=s\($0) /out\($0) /\n" }.joined()
      let (report, _) = try await build(engine, stages + "FROM tiny\n" + copies)
      #expect(report.failures == [])
      let addresses = try await inside(engine, "cat /out?").split(separator: "\n").filter { $0.contains("inet ") }
      #expect(addresses.count == 4, "\(addresses)")
    }
  }

  @Test func cachesStayBetweenBuildsAndOutOfTheImage() async throws {
    try await EngineOfOurOwn.with { engine in
      let dockerfile = """
        FROM tiny
        RUN --mount=type=cache,target=/var/cache/x,sharing=locked,mode=0700 echo x >> /var/cache/x/n; wc -l < /var/cache/x/n > /count
        RUN --mount=type=cache,id=y,target=/other,uid=1000 stat -c '%u' /other > /owner
        """
      for _ in 0..<2 {
        let report = try await build(engine, dockerfile, noCache: true).report
        #expect(report.failures == [])
      }
      #expect(try await inside(engine, "cat /count /owner; ls -d /var/cache /other 2>&1").hasPrefix("2\n1000\nls: "))
    }
  }

  @Test func bindsAndTemporaryFileSystemsLeaveNothing() async throws {
    try await EngineOfOurOwn.with { engine in
      let files = try TemporaryDirectory("context")
      try files.write("given", "one\n")
      try files.write("hidden", "secret\n")
      try files.write(".dockerignore", "hidden\n")
      let dockerfile = """
        FROM tiny AS base
        RUN mkdir /made && echo made > /made/file
        FROM tiny
        RUN --mount=target=/src --mount=type=bind,from=base,source=/made,target=/made,rw \
          cat /src/given /made/file > /result; ls -A /src > /names; echo x > /made/file; \
          touch /src/no 2> /dev/null || echo read-only >> /result
        RUN --mount=type=bind,source=given,target=/etc/one cat /etc/one >> /result
        RUN --mount=type=tmpfs,target=/work,size=1m grep ' /work ' /proc/mounts | cut -d ' ' -f 3 >> /result; \
          df -k /work | tail -n 1 | awk '{print $2}' >> /result; \
          echo '#!/bin/sh' > /work/run; chmod +x /work/run; /work/run && echo ran >> /result
        """
      #expect(try await build(engine, dockerfile, context: files.path).report.failures == [])
      let left = try await inside(engine, "cat /result /names; ls -d /src /made /etc/one /work 2> /dev/null")
      #expect(left == "one\nmade\nread-only\none\ntmpfs\n1024\nran\n.dockerignore\ngiven\n")
      // What a bind takes is what its instruction depends on.
      try files.write("hidden", "another\n")
      let same = try await build(engine, dockerfile, context: files.path)
      #expect(same.lines.count { $0.hasSuffix(" CACHED") } == 4, "\(same.lines)")
      try files.write("given", "two\n")
      #expect(try await build(engine, dockerfile, context: files.path).report.failures == [])
      #expect(try await inside(engine, "cat /result").hasPrefix("two\n"))
    }
  }

  @Test func limitsOfBuildsBite() async throws {
    try await EngineOfOurOwn.with { engine in
      let (report, _) = try await build(
        engine, "FROM tiny\nRUN (ulimit -n; ulimit -Hn; df -k /dev/shm | tail -n 1 | awk '{print $2}'; cat /etc/hosts) > /limits"
      ) {
        $0.services["web"]?.build?.options?.shmSize = ByteCount(8 << 20)
        $0.services["web"]?.build?.options?.ulimits = ["nofile": Ulimit(soft: 100, hard: 200)]
        $0.services["web"]?.build?.extraHosts = [ExtraHost(name: "mirror", address: "10.1.2.3")]
      }
      #expect(report.failures == [])
      let limits = try await inside(engine, "cat /limits")
      #expect(limits.hasPrefix("100\n200\n8192\n"), "\(limits)")
      #expect(limits.contains("10.1.2.3\tmirror\n"))
    }
  }

  @Test func furtherContextsAreDirectoriesImagesAndServices() async throws {
    try await EngineOfOurOwn.with { engine in
      let files = try TemporaryDirectory("context")
      try files.write("asset", "asset\n")
      let dockerfile = """
        FROM parent
        COPY --from=assets asset /asset
        COPY --from=seeds /srv/seed/one /seed
        RUN --mount=from=assets,target=/a cat /a/asset >> /asset
        """
      let (report, _) = try await build(engine, dockerfile) { stack in
        var base = Service(name: "base", image: "built-base")
        base.build = BuildSpec(context: "/srv", inlineDockerfile: "FROM tiny\nRUN echo from base > /base")
        stack.services["base"] = base
        stack.services["web"]?.build?.options?.contexts = [
          "assets": .directory(files.path), "seeds": .image("tiny"), "parent": .service("base"),
        ]
      }
      #expect(report.failures == [])
      #expect(report.plan.steps.map(\.action.subject) == ["Image built-base", "Image built-web"])
      #expect(report.plan.steps.last?.after == [0])
      #expect(try await inside(engine, "cat /base /asset /seed") == "from base\nasset\nasset\nfirst\n")
    }
  }

  @Test func aStageCanBeBuiltWithoutTheCache() async throws {
    try await EngineOfOurOwn.with { engine in
      let dockerfile = "FROM tiny AS one\nRUN echo 1 > /one\nFROM tiny AS two\nCOPY --from=one /one /one\nRUN echo 2 > /two"
      _ = try await build(engine, dockerfile)
      let (_, lines) = try await build(engine, dockerfile) { $0.services["web"]?.build?.options?.uncachedStages = ["one"] }
      #expect(lines.count { $0.hasSuffix(" CACHED") } == 2, "\(lines)")
    }
  }

  @Test(arguments: [
    ("type=ssh,source=x", "a mount of type ssh has no source"), ("type=magic,target=/x", "there is no mount of type magic"),
    ("type=tmpfs", "a mount needs a target"), ("type=tmpfs,target=/", "nothing can be mounted on /"),
    ("type=cache,target=/x,sharing=none", "sharing is shared, private or locked"), ("type=secret", "a secret needs an id"),
    ("type=tmpfs,target=/x,uid=1", "a mount of type tmpfs has no uid"),
    ("type=bind,target=/x,source=../..", "is outside the build context"),
    ("target=/x,from=127.0.0.1:1/nothing-here", "127.0.0.1:1/nothing-here"),
  ])
  func wrongMountsAreTold(_ mount: String, _ message: String) async throws {
    try await EngineOfOurOwn.with { engine in
      let report = try await build(engine, "FROM tiny\nRUN --mount=\(mount) true").report
      #expect(report.failures.first?.error.message.contains(message) == true, "\(report.failures)")
    }
  }
}
