import Diagnostics
import Testing

@testable import StackLoader

/// `config --explain`: where values come from, what they hide, where they are used.
@Suite struct ExplainTests {
  private static let files = [
    "/shop/.env": "PORT=1\nTAG=dot\n", "/shop/one.env": "TAG=one\nPORT=80\n", "/shop/two.env": "# second\nPORT=8080\nAPI_TOKEN=hush\n",
    "/shop/web.env": "PORT=90\nPORT=91\nURL=postgres://me:hush@db/x\n",
    "/shop/compose.yaml": """
    include: [sub/compose.yaml]
    services:
      web:
        image: "x:${TAG:-latest}"
        ports: ["${PORT}:80"]
        env_file: [web.env]
        environment: {PORT: "${PORT:?}", TAG: own, API_TOKEN: , NOTHING: }
      job: {image: "x:v${OTHER:-$TAG}", env_file: web.env, environment: [TAG]}
      idle: {image: x, env_file: missing.env, profiles: [later]}
    secrets: {s: {environment: PLAIN}}
    """,
    "/shop/sub/compose.yaml": "services: {db: {image: \"pg:${TAG:+v}${ONLY-}\"}}\n", "/shop/sub/.env": "TAG=sub\nONLY=here\n",
  ]

  private func explanation(_ name: String, shell: [String: String] = [:]) throws -> Explanation {
    let reader = MemoryFiles(files: Self.files)
    let request = LoadRequest(envFiles: ["one.env", "two.env"], environment: shell, currentDirectory: "/shop")
    let loaded = loadStack(request, reader: reader)
    return explain(variable: name, in: try #require(loaded.value, "\(lines(loaded))"), reader: reader)
  }

  @Test func filesAndContainers() throws {
    #expect(
      try explanation("PORT").text() == """
        PORT in the stack files:
          "8080", from two.env:2:1
          hides "80", from one.env:2:1
        used in:
          compose.yaml:5:13: its value
          compose.yaml:7:25: its value
        in containers:
          web:
            "8080", from environment in compose.yaml:7:19
            hides "91", from env_file web.env:2:1
            hides "90", from env_file web.env:1:1
          job:
            "91", from env_file web.env:2:1
            hides "90", from env_file web.env:1:1

        """)
  }

  @Test func theShellHidesFilesAndANamePassesThrough() throws {
    #expect(
      try explanation("TAG", shell: ["TAG": ""]).text() == """
        TAG in the stack files:
          empty, from the environment
          hides "one", from one.env:1:1
        used in:
          compose.yaml:4:12: the default that is written there
          compose.yaml:8:16: its value
          sub/compose.yaml:1:24: nothing
        in containers:
          web:
            "own", from environment in compose.yaml:7:38
          job:
            empty, from the environment
            hides "one", from one.env:1:1

        """)
  }

  /// An included stack has variables of its own, below those of the stack that includes it.
  @Test func anIncludedStacksVariable() throws {
    #expect(
      try explanation("ONLY").text() == """
        ONLY in the stack files:
          is not set
        used in:
          sub/compose.yaml:1:24: its value "here", from sub/.env:2:1

        """)
  }

  @Test func nothingAtAll() throws {
    #expect(try explanation("NOBODY").text() == "NOBODY in the stack files:\n  is not set\n")
    #expect(
      try explanation("NOTHING").text() == """
        NOTHING in the stack files:
          is not set
        in containers:
          web:
            not set, from environment in compose.yaml:7:61

        """)
  }

  @Test func theProjectsName() throws {
    #expect(
      try explanation("COMPOSE_PROJECT_NAME").text() == "COMPOSE_PROJECT_NAME in the stack files:\n  \"shop\", from the project's name\n")
  }

  @Test(arguments: ["API_TOKEN", "URL", "PLAIN"]) func secretsStayHidden(_ name: String) throws {
    let found = try explanation(name, shell: ["PLAIN": "hush"])
    #expect(found.text().contains("***"))
    #expect(!found.text().contains("hush") && !found.json().contains("hush"))
    #expect(found.isSecret == (name != "URL"))
  }

  @Test func json() throws {
    let found = try parseJSON(try explanation("OTHER", shell: ["OTHER": "o"]).json())
    #expect(
      try found
        == parseJSON(
          #"""
          {"name": "OTHER", "secret": false, "definitions": [{"from": "shell", "value": "o"}], "containers": [],
           "uses": [{"place": "compose.yaml:8:16", "outcome": "value"}]}
          """#))
    let port = try explanation("PORT").json()
    #expect(port.contains(#""place": "two.env:2:1""#) && port.contains(#""from": "env_file""#) && port.contains(#""service": "web""#))
  }

  @Test(arguments: [
    ("DB_PASSWORD", true), ("MY_SECRET_2", true), ("TOKEN", true), ("AWS_ACCESS_KEY_ID", true), ("apiKey", true), ("MYSQL_PWD", true),
    ("KEYBOARD", false), ("PWD", false), ("OLDPWD", false), ("PATH", false), ("COMPASS", false), ("MONKEY", false), ("PORT", false),
  ])
  func namesOfSecrets(_ name: String, _ expected: Bool) { #expect(looksSecret(name) == expected) }
}
