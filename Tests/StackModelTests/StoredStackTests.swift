import Foundation
import StackModel
import Testing

/// What an earlier version stored is read by this one: the engine keeps stacks, services and definitions as JSON.
@Suite struct StoredStackTests {
  /// As the version before `requests`, `models` and `jobs` wrote it.
  static let stored = """
    {"name":"shop","workingDirectory":"/shop","files":["/shop/compose.yaml"],"disabledServices":{},
    "services":{"web":{"name":"web","image":"shop-web","build":{"context":"/shop","dockerfile":"/shop/Dockerfile","arguments":{},
    "labels":{},"tags":[],"noCache":false,"extraHosts":[]},"pullPolicy":"missing","replicas":1,"profiles":[],"isAttached":true,
    "dependsOn":{},"options":{"environment":{},"groups":[],"hasTerminal":false,"isInteractive":false,"usesInit":false,
    "stopGracePeriod":10000000000,"restart":{"no":{}},"labels":{},"annotations":{},
    "network":{"bridges":{"_0":[{"network":"shop_default","aliases":[],"priority":0}]}},
    "ports":[{"published":8080,"target":80,"transport":"tcp"}],"exposedPorts":[],"dns":[],"dnsSearch":[],"dnsOptions":[],"extraHosts":[],
    "links":[],"mounts":[{"source":{"volume":{"_0":"shop_data"}},"target":"/data","isReadOnly":false,"noCopy":false}],"secrets":[],
    "configs":[],"isReadOnly":false,"resources":{},"ulimits":{},"sysctls":{},
    "logging":{"driver":"json-file","maxSize":20971520,"maxFiles":5},"capAdd":[],"capDrop":[],"isPrivileged":false,
    "noNewPrivileges":false,"seccomp":{"standard":{}},"devices":[],"usesHostPID":false,"usesHostIPC":false,"usesHostUTS":false}}},
    "networks":{"shop_default":{"key":"default","name":"shop_default","isExternal":false,"isInternal":false,"labels":{}}},
    "volumes":{"shop_data":{"key":"data","name":"shop_data","isExternal":false,"labels":{}}},
    "secrets":{"key":{"origin":{"file":{"_0":"/shop/key"}}}},"configs":{}}
    """

  private func expected() -> Stack {
    var options = ContainerOptions()
    options.network = .bridges([Attachment(network: "shop_default")])
    options.ports = [PortMapping(published: 8080, target: 80)]
    options.mounts = [Mount(source: .volume("shop_data"), target: "/data")]
    let build = BuildSpec(context: "/shop", dockerfile: "/shop/Dockerfile")
    return Stack(
      name: "shop", workingDirectory: "/shop", files: ["/shop/compose.yaml"],
      services: ["web": Service(name: "web", image: "shop-web", build: build, options: options)],
      networks: ["shop_default": Network(key: "default", name: "shop_default")],
      volumes: ["shop_data": Volume(key: "data", name: "shop_data")],
      secrets: ["key": FileSource(origin: .file("/shop/key"))])
  }

  @Test func areReadAsTheyWere() throws {
    #expect(try JSONDecoder().decode(Stack.self, from: Data(Self.stored.utf8)) == expected())
  }

  /// Nothing asked for is nothing written.
  @Test func areWrittenWithoutWhatNobodySaid() throws {
    let lean = """
      {"name":"shop","workingDirectory":"/shop","files":["/shop/compose.yaml"],"disabledServices":{},
      "services":{"web":{"name":"web","image":"shop-web","build":{"context":"/shop","dockerfile":"/shop/Dockerfile","arguments":{},
      "labels":{},"tags":[],"noCache":false,"extraHosts":[]},"pullPolicy":"missing","replicas":1,"isAttached":true,
      "options":{"stopGracePeriod":10000000000,"network":{"bridges":{"_0":[{"network":"shop_default","priority":0}]}},
      "ports":[{"published":8080,"target":80,"transport":"tcp"}],
      "mounts":[{"source":{"volume":{"_0":"shop_data"}},"target":"/data","isReadOnly":false,"noCopy":false}],
      "logging":{"driver":"json-file","maxSize":20971520,"maxFiles":5}}}},
      "networks":{"shop_default":{"key":"default","name":"shop_default","isExternal":false,"isInternal":false,"labels":{}}},
      "volumes":{"shop_data":{"key":"data","name":"shop_data","isExternal":false,"labels":{}}},
      "secrets":{"key":{"origin":{"file":{"_0":"/shop/key"}}}},"configs":{}}
      """
    func plain(_ data: Data) throws -> NSDictionary? { try JSONSerialization.jsonObject(with: data) as? NSDictionary }
    #expect(try plain(JSONEncoder().encode(expected())) == plain(Data(lean.utf8)))
    #expect(try JSONDecoder().decode(Stack.self, from: Data(lean.utf8)) == expected())
  }

  @Test func keepWhatIsAskedFor() throws {
    var stack = expected()
    var requests = ServiceRequests()
    requests.pullRefresh = .olderThan(.seconds(86_400))
    var namespaces = NamespaceRequests()
    namespaces.pid = .service("db")
    requests.namespaces = namespaces
    requests.gpus = [DeviceRequest(capabilities: ["gpu"], amount: .named(["0", "1"]))]
    var port = PortRequest(target: 80)
    port.published = 8000...8010
    requests.ports = [port]
    requests.attachments = ["shop_default": AttachmentRequest()]
    stack.services["web"]?.requests = requests
    var build = BuildRequests()
    build.contexts = ["base": .service("db"), "src": .directory("/src")]
    build.provenance = .with("mode=max")
    stack.services["web"]?.build?.requests = build
    stack.models = ["llm": Model(reference: "ai/smollm2")]
    stack.jobs = [
      "backup": Job(
        definition: Service(name: "backup", image: "backup"),
        triggers: JobTriggers(isManual: true, schedules: [JobSchedule(cron: "@daily")]))
    ]
    #expect(try JSONDecoder().decode(Stack.self, from: JSONEncoder().encode(stack)) == stack)
  }
}
