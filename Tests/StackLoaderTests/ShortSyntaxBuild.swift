import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// `build` and what is in it.
@Suite struct ShortSyntaxBuild {
  private static func spec(_ context: String = "/shop", _ edit: (inout BuildSpec) -> Void = { _ in }) -> BuildSpec {
    var spec = BuildSpec(context: context, dockerfile: context + "/Dockerfile")
    edit(&spec)
    return spec
  }
  private static func asked(_ edit: (inout BuildRequests) -> Void) -> BuildSpec {
    spec {
      var requests = BuildRequests()
      edit(&requests)
      $0.requests = requests
    }
  }
  private static func opted(_ edit: (inout BuildOptions) -> Void) -> BuildSpec {
    spec {
      var options = BuildOptions()
      edit(&options)
      $0.options = options
    }
  }
  private static func repository(_ address: String, _ dockerfile: String = "Dockerfile") -> BuildSpec {
    BuildSpec(context: address, dockerfile: dockerfile)
  }

  static let builds: [ShortForm<BuildSpec?>] = [
    .init(".", spec()), .init("./dir", spec("/shop/dir")), .init("{context: ./dir}", spec("/shop/dir")),
    .init("{dockerfile: sub/Other}", spec { $0.dockerfile = "/shop/sub/Other" }),
    .init("{context: ., dockerfile_inline: \"FROM scratch\"}", BuildSpec(context: "/shop", inlineDockerfile: "FROM scratch")),
    .init("{context: ., args: [A=1, SET, UNSET]}", spec { $0.arguments = ["A": "1", "SET": "here"] }),
    .init("{context: ., args: {A: 1, SET: }}", spec { $0.arguments = ["A": "1", "SET": "here"] }),
    .init("{context: ., network: none}", spec { $0.network = "none" }),
    .init("{context: ., labels: [a=b]}", spec { $0.labels = ["a": "b"] }),
    .init("https://h/a/b.git#main:dir", repository("https://h/a/b.git#main:dir")),
    .init("{context: \"git@h:a/b.git\", dockerfile: sub/Other}", repository("git@h:a/b.git", "sub/Other")),
    .init("{context: \"github.com/a/b\", dockerfile_inline: FROM x}", BuildSpec(context: "github.com/a/b", inlineDockerfile: "FROM x")),
    .init("\"https://h/a/b.git#--upload-pack=x\"", refused: "\"--upload-pack=x\" is no branch, tag or commit"),
    .init("\"https://h/a/b.git#main:a/../../b\"", refused: "is outside the repository"),
    .init("{context: ., ssh: [default]}", opted { $0.agents = ["default": ""] }),
    .init("{context: ., ssh: {default: }}", opted { $0.agents = ["default": ""] }),
    .init("{context: ., ssh: [my=./agent.sock]}", opted { $0.agents = ["my": "/shop/agent.sock"] }),
    .init("{context: ., secrets: [key]}", opted { $0.secrets = ["key": FileGrant(source: "key", target: "/run/secrets/key")] }),
    .init(
      "{context: ., secrets: [{source: key, target: t, uid: \"1\", mode: 0440}]}",
      opted { $0.secrets = ["t": FileGrant(source: "key", target: "/run/secrets/t", uid: "1", mode: 0o440)] }),
    .init("{context: ., additional_contexts: [res=./b]}", opted { $0.contexts = ["res": .directory("/shop/b")] }),
    .init(
      "{context: ., additional_contexts: {a: ./b, c: \"docker-image://x:1\", d: \"https://h/x.git\", e: \"service:web\"}}",
      spec {
        var options = BuildOptions()
        options.contexts = ["a": .directory("/shop/b"), "c": .image("x:1"), "e": .service("web")]
        $0.options = options
        $0.requests = BuildRequests()
        $0.requests?.contexts = ["d": .remote("https://h/x.git")]
      }),
    .init("{context: ., platforms: [linux/amd64, linux/arm64]}", asked { $0.platforms = ["linux/amd64", "linux/arm64"] }),
    .init(
      "{context: ., cache_from: [alpine, \"type=local,src=x\"]}",
      asked { $0.cacheFrom = [CachePlace(type: "registry", options: ["ref": "alpine"]), CachePlace(type: "local", options: ["src": "x"])] }),
    .init(
      "{context: ., cache_to: [\"user/app:cache\"]}",
      asked { $0.cacheTo = [CachePlace(type: "registry", options: ["ref": "user/app:cache"])] }),
    .init(
      "{context: ., ulimits: {nofile: 1}, shm_size: 1g}",
      opted {
        $0.ulimits = ["nofile": Ulimit(soft: 1, hard: 1)]
        $0.shmSize = 1_073_741_824
      }),
    .init(
      "{context: ., privileged: true, pull: \"true\", entitlements: [network.host], no_cache_filter: stage}",
      spec {
        $0.requests = BuildRequests()
        $0.requests?.isPrivileged = true
        $0.requests?.pullsBase = true
        $0.requests?.entitlements = ["network.host"]
        $0.options = BuildOptions()
        $0.options?.uncachedStages = ["stage"]
      }),
    .init(
      "{context: ., provenance: true, sbom: \"generator=x\"}",
      asked {
        $0.provenance = .on
        $0.sbom = .with("generator=x")
      }),
    .init("{context: ., dockerfile: D, dockerfile_inline: FROM x}", refused: "there are both dockerfile and dockerfile_inline"),
    .init("{context: ., secrets: [kye]}", refused: "uses the secret \"kye\", which is not declared | did you mean \"key\"?"),
    .init("{context: ., additional_contexts: {b: \"service:db\"}}", refused: "the additional context \"service:db\" has no build"),
    .init(
      "{context: ., additional_contexts: {b: \"service:wbe\"}}",
      refused: "uses the service \"wbe\", which is not declared | did you mean \"web\"?"),
    .init("{context: ., additional_contexts: {b: \"docker-image://B\"}}", refused: "a repository is written in lower case"),
    .init("{context: ., cache_to: [\"src=x\"]}", refused: "cache_to \"src=x\" is not understood"),
    .init("'C:\\app'", refused: "\"C:\\app\" is a path of Windows"),
    .init("{context: ., tags: [A]}", refused: "a repository is written in lower case"),
  ]
  @Test(arguments: builds) func readsBuild(_ form: ShortForm<BuildSpec?>) {
    form.check("build", top: "secrets: {key: {file: ./key}}", \.build)
  }

  @Test func aRemoteContextIsRefusedByItsField() {
    let found = load("services: {web: {build: \"https://h/x.tar\"}}")
    #expect(found.diagnostics.map(\.finding?.field) == ["services.web.build.context"], "\(lines(found))")
    #expect(found.value?.stack.services["web"]?.image == "shop-web")
  }

  @Test func thePlatformOfTheServiceIsBuilt() {
    let said = service("platform: linux/amd64\nbuild: {context: ., platforms: [linux/arm64]}").lines
    #expect(said.contains { $0.contains("platforms does not have the service's own platform \"linux/amd64\"") }, "\(said)")
  }
}
