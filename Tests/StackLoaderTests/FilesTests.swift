import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// Which files make a stack, how they merge, and what the project is called.
@Suite struct FilesTests {
  private static func image(_ name: String) -> String { "services: {web: {image: \"\(name)\"}}" }

  struct Discovery: Sendable {
    var files: [String]
    var from = "/a/b"
    var environment: [String: String] = [:]
    var expected: [String]
  }

  @Test(arguments: [
    Discovery(files: ["/a/b/compose.yaml", "/a/b/docker-compose.yml"], expected: ["/a/b/compose.yaml"]),
    Discovery(files: ["/a/b/compose.yml", "/a/compose.yaml"], expected: ["/a/b/compose.yml"]),
    Discovery(files: ["/a/docker-compose.yaml"], expected: ["/a/docker-compose.yaml"]),
    Discovery(files: ["/a/compose.yaml", "/a/compose.override.yaml"], expected: ["/a/compose.yaml", "/a/compose.override.yaml"]),
    Discovery(
      files: ["/a/b/docker-compose.yml", "/a/b/docker-compose.override.yml"],
      expected: ["/a/b/docker-compose.yml", "/a/b/docker-compose.override.yml"]),
    Discovery(
      files: ["/a/b/compose.yaml", "/a/x.yaml", "/y.yaml"], environment: ["COMPOSE_FILE": "../x.yaml:/y.yaml"],
      expected: ["/a/x.yaml", "/y.yaml"]),
    Discovery(
      files: ["/a/x.yaml", "/y.yaml"], environment: ["COMPOSE_FILE": "../x.yaml;/y.yaml", "COMPOSE_PATH_SEPARATOR": ";"],
      expected: ["/a/x.yaml", "/y.yaml"]),
  ])
  func discovery(_ row: Discovery) {
    let reader = MemoryFiles(files: Dictionary(uniqueKeysWithValues: row.files.map { ($0, Self.image("x")) }))
    let loaded = loadStack(LoadRequest(environment: row.environment, currentDirectory: row.from), reader: reader)
    #expect(loaded.value?.stack.files == row.expected, "\(lines(loaded))")
    #expect(loaded.value?.stack.workingDirectory == row.expected.first.map(Paths.directory))
  }

  @Test func whatNobodyUsesIsOnlyThereWhenAskedFor() {
    let text = "services: {web: {image: x, network_mode: none}}\nnetworks: {spare: {}}\nvolumes: {spare: {}, other: {external: true}}\n"
    let plain = load(text, { $0.projectName = "shop" }).value?.stack
    #expect(plain?.networks == [:] && plain?.volumes == [:])
    let all = load(text) {
      $0.projectName = "shop"
      $0.allResources = true
    }
    #expect(all.value?.stack.networks.keys.sorted() == ["shop_spare"], "\(lines(all))")
    #expect(all.value?.stack.volumes.keys.sorted() == ["other", "shop_spare"])
  }

  @Test func standardInput() {
    let reader = MemoryFiles(files: ["/a/b.yaml": "services: {web: {user: me}}"], standardInput: "name: piped\n" + Self.image("x"))
    let loaded = loadStack(LoadRequest(files: ["-", "b.yaml"], currentDirectory: "/a"), reader: reader)
    #expect(loaded.value?.stack.name == "piped" && loaded.value?.stack.workingDirectory == "/a")
    #expect(loaded.value?.stack.services["web"]?.options.user == "me")
  }

  struct Name: Sendable {
    var given: String?
    var environment: [String: String] = [:]
    var written: String?
    var directory = "/srv/My Shop_1"
    var expected: String?
  }

  static let names = [
    Name(given: "p", environment: ["COMPOSE_PROJECT_NAME": "e"], written: "w", expected: "p"),
    Name(environment: ["COMPOSE_PROJECT_NAME": "e"], written: "w", expected: "e"), Name(written: "w", expected: "w"),
    Name(written: "${N:-n}", expected: "n"), Name(expected: "myshop_1"), Name(directory: "/srv/_-A", expected: "a"),
    Name(directory: "/", expected: nil),
    Name(given: "Upper", expected: nil), Name(given: "a/b", expected: nil), Name(given: "-a", expected: nil),
    Name(given: "../x", expected: nil),
    Name(environment: ["COMPOSE_PROJECT_NAME": "a b"], expected: nil), Name(written: "Ä", expected: nil),
    Name(directory: "/srv/日本", expected: nil),
  ]

  @Test(arguments: names) func projectNames(_ row: Name) {
    let path = Paths.absolute("compose.yaml", in: row.directory)
    let text = (row.written.map { "name: \($0)\n" } ?? "") + Self.image("x:${COMPOSE_PROJECT_NAME}")
    let request = LoadRequest(projectName: row.given, environment: row.environment, currentDirectory: row.directory)
    let reader = MemoryFiles(files: [path: text])
    let loaded = loadStack(request, reader: reader)
    #expect(loaded.value?.stack.name.rawValue == row.expected)
    #expect(loaded.value?.stack.services["web"]?.image == row.expected.map { "x:\($0)" })
    #expect(projectName(for: request, reader: reader).value?.rawValue == row.expected)
  }

  @Test func theNameAloneNeedsNoFile() {
    let reader = MemoryFiles(files: [:])
    #expect(projectName(for: LoadRequest(projectName: "p", currentDirectory: "/x"), reader: reader).value == "p")
    #expect(projectName(for: LoadRequest(environment: ["COMPOSE_PROJECT_NAME": "e"], currentDirectory: "/x"), reader: reader).value == "e")
    #expect(projectName(for: LoadRequest(currentDirectory: "/x"), reader: reader).value == nil)
  }

  // MARK: Merging

  /// One service's keys in two files and what becomes of them, as `config` prints it.
  struct Merge: Sendable, CustomTestStringConvertible {
    var first: String
    var second: String
    var expected: String
    var testDescription: String { "\(first) + \(second)" }
  }

  @Test(arguments: [
    Merge(first: "command: a b", second: "command: c", expected: #"{"command":["c"]}"#),
    Merge(first: "entrypoint: [a]", second: "entrypoint: [b, c]", expected: #"{"entrypoint":["b","c"]}"#),
    Merge(first: "environment: [A=1, B=2]", second: "environment: {B: 3, C: 4}", expected: #"{"environment":{"A":"1","B":"3","C":"4"}}"#),
    Merge(first: "labels: {a: 1}", second: "labels: [b=2]", expected: #"{"labels":{"a":"1","b":"2"}}"#),
    Merge(first: "cap_add: [A, B]", second: "cap_add: [B, C]", expected: #"{"cap_add":["A","B","C"]}"#),
    Merge(first: "dns: 1.1.1.1", second: "dns: [8.8.8.8]", expected: #"{"dns":["1.1.1.1","8.8.8.8"]}"#),
    Merge(
      first: "healthcheck: {test: [CMD, a], retries: 1}", second: "healthcheck: {test: [CMD, b]}",
      expected: #"{"healthcheck":{"retries":1,"test":["CMD","b"]}}"#),
    Merge(first: "cap_add: [A]", second: "cap_add: !override [B]", expected: #"{"cap_add":["B"]}"#),
    Merge(first: "cap_add: [A]\nuser: u", second: "cap_add: !reset []\nuser: !reset null", expected: "{}"),
    Merge(first: "environment: {A: 1, B: 2}", second: "environment: {A: !reset null}", expected: #"{"environment":{"B":"2"}}"#),
    Merge(first: "environment: {A: 1}", second: "environment: !override {B: 2}", expected: #"{"environment":{"B":"2"}}"#),
    Merge(
      first: "ulimits: {nofile: 1}", second: "ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}",
      expected: #"{"ulimits":{"nofile":{"hard":2,"soft":1},"nproc":3}}"#),
    Merge(
      first: "depends_on: [a]", second: "depends_on: {b: {condition: service_healthy}}",
      expected: #"{"depends_on":{"a":{"condition":"service_started","required":true},"b":{"condition":"service_healthy","required":true}}}"#
    ),
    Merge(
      first: "networks: [default]", second: "networks: {default: {aliases: [x]}}", expected: #"{"networks":{"default":{"aliases":["x"]}}}"#),
    Merge(
      first: "build: ./x", second: "build: {target: t}",
      expected: #"{"build":{"context":"/shop/x","dockerfile":"Dockerfile","target":"t"}}"#),
    Merge(
      first: "logging: {driver: local, options: {max-size: 1m}}", second: "logging: {driver: json-file}",
      expected: #"{"logging":{"driver":"json-file"}}"#),
    Merge(
      first: "logging: {driver: local, options: {max-size: 1m}}", second: "logging: {options: {max-file: 2}}",
      expected: #"{"logging":{"driver":"local","options":{"max-file":"2","max-size":"1m"}}}"#),
    Merge(first: "tmpfs: /a", second: "tmpfs: [/b]", expected: #"{"tmpfs":["/a","/b"]}"#),
    Merge(first: "user: a", second: "user: b\ntty: true", expected: #"{"tty":true,"user":"b"}"#),
    Merge(first: "user: a", second: "", expected: #"{"user":"a"}"#),
  ])
  func mergesTwoFiles(_ row: Merge) throws {
    func file(_ keys: String, image: String) -> String {
      "services:\n  web:\n    hostname: \(image)\n" + keys.split(separator: "\n").map { "    \($0)\n" }.joined()
    }
    let others = "  a: {image: x}\n  b: {image: x}\n"
    let loaded = load(
      file(row.first, image: "h") + others, files: ["/shop/compose.override.yaml": file(row.second, image: "h") + "    image: i\n"])
    let value = try #require(loaded.value, "\(lines(loaded))")
    guard case .map(let top) = try parseJSON(renderConfig(value, format: .json)), case .map(let services)? = top["services"],
      case .map(var web)? = services["web"], case .map(let expected) = try parseJSON(row.expected)
    else { throw Unexpected() }
    for (key, standard) in [
      ("command", ConfigValue.null), ("entrypoint", .null), ("networks", .map(["default": .null])), ("hostname", .string("h")),
      ("image", .string("i")),
    ]
    where expected[key] == nil && web[key] == standard { web[key] = nil }
    #expect(differences(.map(web), .map(expected)) == [])
  }

  struct Unexpected: Error {}

  @Test func portsAndVolumesAreUnique() throws {
    let loaded = load(
      "services: {web: {image: x, ports: [\"80:80\", 90], volumes: [\"./a:/x\"]}}",
      files: ["/shop/compose.override.yaml": "services: {web: {ports: [\"80:80\", {target: 90}, 91], volumes: [\"./b:/x\", /y]}}"])
    let web = try #require(loaded.value?.stack.services["web"], "\(lines(loaded))")
    #expect(web.options.ports.map(\.target) == [80, 90, 91])
    #expect(web.options.mounts.map(\.target) == ["/x", "/y"])
    #expect(web.options.mounts[0].source == .bind(path: "/shop/b", createsHostPath: true, propagation: nil))
  }

  @Test func severalDocumentsInAFileMerge() {
    let loaded = load("services: {web: {image: x}}\n---\nservices: {web: {user: u}}\n")
    #expect(loaded.value?.stack.services["web"]?.options.user == "u")
  }

  @Test func anchorsAndMergeKeys() throws {
    let loaded = load(
      """
      x-base: &base {image: nginx, environment: &env {A: 1, B: 2}, user: base}
      x-more: &more {user: more, tty: true}
      services:
        one: {<<: *base, user: own}
        two: {<<: [*base, *more], environment: {<<: *env, B: 3}}
      """)
    let services = try #require(loaded.value?.stack.services, "\(lines(loaded))")
    #expect(services["one"]?.options.user == "own" && services["one"]?.image == "nginx")
    #expect(services["two"]?.options.user == "base" && services["two"]?.options.hasTerminal == true)
    #expect(services["two"]?.options.environment == ["A": "1", "B": "3"])
  }

  // MARK: extends, include, profiles

  @Test func extendsTheSameAndAnotherFile() throws {
    let loaded = load(
      """
      services:
        web: {extends: {service: base}, environment: {B: own}}
        base: {extends: {file: common/base.yaml, service: root}, environment: {B: base, C: base}}
      """,
      files: [
        "/shop/common/base.yaml":
          "services:\n  root: {extends: grand, build: ./app, volumes: [\"./data:/data\"], env_file: [r.env]}\n  grand: {user: g, environment: {A: grand, C: grand}}\n",
        "/shop/common/r.env": "FILE=1",
      ])
    let web = try #require(loaded.value?.stack.services["web"], "\(lines(loaded))")
    #expect(web.options.environment == ["A": "grand", "B": "own", "C": "base", "FILE": "1"])
    #expect(web.options.user == "g" && web.build?.context == "/shop/common/app")
    #expect(web.options.mounts.map(\.source) == [.bind(path: "/shop/common/data", createsHostPath: true, propagation: nil)])
  }

  @Test func includesWithItsOwnDirectoryAndEnvironment() throws {
    let loaded = load(
      """
      include:
        - sub/compose.yaml
        - {path: [other/a.yaml, other/b.yaml], project_directory: third, env_file: third/v.env}
      services: {web: {image: x, depends_on: [db]}, db: {user: local}}
      """,
      files: [
        "/shop/sub/compose.yaml":
          "name: ignored\nservices: {db: {image: \"pg:$V\", volumes: [\"./d:/d\", \"data:/e\"], environment: [V]}}\nvolumes: {data: }",
        "/shop/sub/.env": "V=sub", "/shop/.env": "W=main", "/shop/third/v.env": "V=third\nW=third",
        "/shop/other/a.yaml": "services: {c: {image: a}}", "/shop/other/b.yaml": "services: {c: {image: \"b:$V-$W\", build: .}}",
      ])
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(stack.name == "shop")
    let db = try #require(stack.services["db"])
    #expect(db.image == "pg:sub" && db.options.user == "local" && db.options.environment == ["V": "sub"])
    #expect(db.options.mounts.map(\.source) == [.bind(path: "/shop/sub/d", createsHostPath: true, propagation: nil), .volume("shop_data")])
    #expect(stack.services["c"]?.image == "b:third-main" && stack.services["c"]?.build?.context == "/shop/third")
  }

  @Test(
    arguments: [
      ([], [], [:], ["always"]), (["a"], [], [:], ["always", "one", "two"]), (["*"], [], [:], ["always", "one", "other", "two"]),
      ([], ["one"], [:], ["always", "one", "two"]), ([], [], ["COMPOSE_PROFILES": "b, x"], ["always", "other", "two"]),
      (["a"], [], ["COMPOSE_PROFILES": "b"], ["always", "one", "two"]), ([], ["always"], [:], ["always"]),
    ] as [([String], [String], [String: String], [String])])
  func profiles(_ active: [String], _ named: [String], _ environment: [String: String], _ expected: [String]) throws {
    let text =
      "services:\n  always: {image: x}\n  one: {image: x, profiles: [a]}\n  two: {image: x, profiles: [a, b]}\n  other: {image: x, profiles: [b], env_file: [missing]}\n"
    let files = expected.contains("other") ? ["/shop/missing": ""] : [:]
    let loaded = load(text, files: files, environment: environment) {
      $0.profiles = active
      $0.services = named
    }
    let value = try #require(loaded.value, "\(lines(loaded))")
    #expect(value.serviceNames == expected)
    #expect(Set(value.stack.disabledServices.keys.map(\.rawValue)) == Set(["always", "one", "other", "two"]).subtracting(expected))
    #expect(value.declaredProfiles == ["a", "b"])
  }
}
