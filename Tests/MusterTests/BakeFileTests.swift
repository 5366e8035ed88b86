import StackModel
import Testing

@testable import muster

@Suite struct BakeFileTests {
  private func stack() -> Stack {
    var stack = Stack(name: "shop")
    var web = BuildSpec(context: "/shop/web", dockerfile: "/shop/web/Dockerfile", target: "run", arguments: ["A": "${B}"], tags: ["web:2"])
    var options = BuildOptions()
    options.contexts = ["base": .service("a.b"), "files": .directory("/files"), "image": .image("debian")]
    options.secrets = [
      "token": FileGrant(source: "token", target: "/run/secrets/token"), "own": FileGrant(source: "own", target: "/run/secrets/own"),
    ]
    options.agents = ["default": "/agent"]
    options.ulimits = ["nofile": Ulimit(soft: 1, hard: 2), "nproc": Ulimit(soft: 3, hard: 3)]
    web.options = options
    var requests = BuildRequests()
    requests.cacheFrom = [CachePlace(type: "registry", options: ["ref": "shop/cache"])]
    requests.pullsBase = true
    requests.provenance = .off
    web.requests = requests
    web.extraHosts = [ExtraHost(name: "db", address: "10.0.0.1"), ExtraHost(name: "db", address: "10.0.0.2")]
    stack.services["web"] = Service(name: "web", image: "shop-web", build: web)
    stack.services["a.b"] = Service(name: "a.b", image: "shop-a.b", build: BuildSpec(context: "/ab", inlineDockerfile: "FROM ${x}"))
    stack.services["a_b"] = Service(name: "a_b", image: "shop-a_b", build: BuildSpec(context: "/ab", dockerfile: "/ab/Dockerfile"))
    stack.services["db"] = Service(name: "db", image: "mariadb")
    stack.secrets["token"] = FileSource(origin: .environment("TOKEN"))
    stack.secrets["own"] = FileSource(origin: .stored("own"))
    return stack
  }

  @Test func buildsAreTargets() throws {
    var notes: [String] = []
    let file = BakeFile(stack(), chosen: ["web", "db"], .init(), notes: &notes)
    #expect(file.group == ["default": .init(targets: ["web"])])
    #expect(file.target.keys.sorted() == ["a_b", "a_b_", "web"])
    #expect(notes == [#"service "web": the secret "own" is the engine's own, and a bake file cannot name it"#])
    #expect(
      try jsonText(file.target["web"], isPretty: false) == """
        {"args":{"A":"$${B}"},"attest":["type=provenance,disabled=true"],"cache-from":["type=registry,ref=shop/cache"],"context":"/shop/web",\
        "contexts":{"base":"target:a_b","files":"/files","image":"docker-image://debian"},"dockerfile":"/shop/web/Dockerfile",\
        "extra-hosts":{"db":"10.0.0.1,10.0.0.2"},"output":["type=docker"],"pull":true,"secret":["id=token,type=env,env=TOKEN"],\
        "ssh":["default=/agent"],"tags":["web:2","shop-web"],"target":"run","ulimits":["nofile=1:2","nproc=3"]}
        """)
    #expect(file.target["a_b"]?.inlineDockerfile == "FROM $${x}" && file.target["a_b"]?.tags == ["shop-a.b"])
  }

  @Test func flagsAreOfEveryTarget() {
    var notes: [String] = []
    let pushed = BakeFile(stack(), chosen: [], .init(pushes: true, noCache: true), notes: &notes)
    #expect(pushed.group["default"]?.targets == ["a_b", "a_b_", "web"])
    #expect(pushed.target.values.allSatisfy { $0.outputs == ["type=registry"] && $0.noCache == true })
    let checked = BakeFile(stack(), chosen: [], .init(checks: true), notes: &notes)
    #expect(checked.target.values.allSatisfy { $0.outputs == nil && $0.call == "lint" })
  }
}
