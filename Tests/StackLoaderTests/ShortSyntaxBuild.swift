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
      "{context: ., additional_contexts: {a: ./b, c: \"docker-image://x:1\", d: \"https://h/x.tar\", e: \"service:web\", f: \"https://h/x.git#v1\"}}",
      spec {
        var options = BuildOptions()
        options.contexts = ["a": .directory("/shop/b"), "c": .image("x:1"), "e": .service("web"), "f": .remote("https://h/x.git#v1")]
        $0.options = options
        $0.requests = BuildRequests()
        $0.requests?.contexts = ["d": .remote("https://h/x.tar")]
      }),
    .init("{context: ., platforms: [linux/amd64, linux/arm64]}", asked { $0.platforms = ["linux/amd64", "linux/arm64"] }),
    .init(
      "{context: ., cache_from: [alpine, \"type=local,src=x\"]}",
      asked {
        $0.cacheFrom = [CachePlace(type: "registry", options: ["ref": "alpine"]), CachePlace(type: "local", options: ["src": "/shop/x"])]
      }),
    .init(
      "{context: ., cache_to: [\"user/app:cache\"]}",
      asked { $0.cacheTo = [CachePlace(type: "registry", options: ["ref": "user/app:cache"])] }),
    .init(
      "{context: ., cache_to: [\"type=local,dest=~/x,mode=max\", type=inline, \"type=gha,scope=a\"]}",
      asked {
        $0.cacheTo = [
          CachePlace(type: "local", options: ["dest": "/home/me/x", "mode": "max"]), CachePlace(type: "inline"),
          CachePlace(type: "gha", options: ["scope": "a"]),
        ]
      }),
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
    .init(
      "{context: ., additional_contexts: {b: \"git@h:x.git#--upload-pack=y\"}}", refused: "\"--upload-pack=y\" is no branch, tag or commit"),
    .init("{context: ., additional_contexts: {b: \"service:db\"}}", refused: "the additional context \"service:db\" has no build"),
    .init(
      "{context: ., additional_contexts: {b: \"service:wbe\"}}",
      refused: "uses the service \"wbe\", which is not declared | did you mean \"web\"?"),
    .init("{context: ., additional_contexts: {b: \"docker-image://B\"}}", refused: "a repository is written in lower case"),
    .init("{context: ., cache_to: [\"src=x\"]}", refused: "cache_to \"src=x\" is not understood"),
    .init("{context: ., cache_from: [\"type=registry\"]}", refused: "cache_from \"type=registry\" has no ref="),
    .init("{context: ., cache_from: [\"type=local,dest=x\"]}", refused: "cache_from \"type=local,dest=x\" has no src="),
    .init("{context: ., cache_to: [\"type=local,src=x\"]}", refused: "cache_to \"type=local,src=x\" has no dest="),
    .init("{context: ., cache_to: [\"type=local,dest=x,mode=all\"]}", refused: "has the mode \"all\": there are min and max"),
    .init("{context: ., cache_to: [\"type=registry,ref=a,ignore-error=x\"]}", refused: "has ignore-error=x: write true or false"),
    .init("{context: ., cache_from: [\"type=local,src=x,digest=sha256:1\"]}", refused: "has a digest that is not sha256:"),
    .init(
      "{context: ., cache_to: [\"a@sha256:\(String(repeating: "0", count: 64))\"]}", refused: "names a digest, which cannot be written to"),
    .init("{context: ., cache_from: [Alpine]}", refused: "a repository is written in lower case"),
    .init("'C:\\app'", refused: "\"C:\\app\" is a path of Windows"),
    .init("{context: ., tags: [A]}", refused: "a repository is written in lower case"),
  ]
  @Test(arguments: builds) func readsBuild(_ form: ShortForm<BuildSpec?>) {
    form.check("build", top: "secrets: {key: {file: ./key}}", \.build)
  }

  /// The Compose Specification: unsupported caches are ignored, with a warning. Their options may be keys, and are not shown.
  @Test func aCacheThatIsNotUsedIsToldByName() {
    let text = """
      services:
        web:
          build:
            context: .
            cache_from: [alpine, "type=s3,secret_access_key=hush", "type=registry,ref=a,insecure=true"]
            cache_to:
              - type=azblob,name=x
              - type=registry,ref=a,mode=min,image-manifest=true,oci-mediatypes=true,compression=zstd
      """
    let found = load(text)
    #expect(found.value != nil && !lines(found).contains { $0.contains("hush") })
    #expect(
      lines(found) == [
        "compose.yaml:5:28: warning MU0303: service \"web\", build: cache_from \"type=s3\" has no effect: no build reads caches of that type"
          + " | there are type=registry and type=local",
        "compose.yaml:5:62: warning MU0303: service \"web\", build: cache_from \"a\": insecure has no effect | remove it",
        "compose.yaml:7:11: warning MU0303: service \"web\", build: cache_to \"type=azblob\" has no effect: no build writes caches of that type"
          + " | there are type=registry and type=local, and type=inline",
        "compose.yaml:8:11: warning MU0303: service \"web\", build: cache_to \"a\": compression has no effect | remove it",
      ])
    #expect(
      found.diagnostics.compactMap(\.finding?.field) == ["services.web.build.cache_from", "services.web.build.cache_from"]
        + ["services.web.build.cache_to", "services.web.build.cache_to"])
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
