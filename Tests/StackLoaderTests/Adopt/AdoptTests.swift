import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// What adopting a variable makes of stack files, and when it is refused.
@Suite struct AdoptTests {
  private func adopt(
    _ text: String, _ variables: [String] = ["MYSQL_ROOT_PASSWORD"], service: String = "db", files: [String: String] = [:],
    environment: [String: String] = [:], _ adjust: (inout AdoptionRequest) -> Void = { _ in }
  ) throws -> Adoption {
    var request = AdoptionRequest(
      stack: LoadRequest(environment: environment, currentDirectory: "/shop"), service: service, variables: variables)
    adjust(&request)
    return try adoptVariables(request, reader: MemoryFiles(files: files.merging(["/shop/compose.yaml": text]) { $1 }))
  }

  private func text(_ adoption: Adoption, _ path: String = "/shop/compose.yaml") -> String? {
    adoption.files.first { $0.rewriting.path == path }.map { String(decoding: $0.rewriting.after, as: UTF8.self) }
  }

  private static let definition = "mysql_root_password:\n    external: true\n    name: shop_mysql_root_password\n"

  struct Row: Sendable, CustomTestStringConvertible {
    var before: String
    var after: String
    init(_ before: String, _ after: String) {
      self.before = before
      self.after = after
    }
    var testDescription: String { String(before.prefix(120)) }
  }

  static let rows: [Row] = [
    // A mapping, with comments and quotes.
    Row(
      """
      # the shop
      services:
        db:
          image: mysql:8 # pinned
          environment:
            # for root
            MYSQL_ROOT_PASSWORD: "hunter2" # change me
            MYSQL_DATABASE: shop
          # data
          volumes: [data:/var/lib/mysql]

      volumes: {data: {}}

      """,
      """
      # the shop
      services:
        db:
          image: mysql:8 # pinned
          environment:
            # for root
            MYSQL_ROOT_PASSWORD_FILE: "/run/secrets/mysql_root_password" # change me
            MYSQL_DATABASE: shop
          secrets:
            - mysql_root_password
          # data
          volumes: [data:/var/lib/mysql]

      volumes: {data: {}}

      secrets:
        \(definition)
      """),
    // A list; secrets that are there already.
    Row(
      "services:\n  db:\n    image: mysql\n    secrets:\n    - source: other\n      target: /x\n    environment:\n    - 'MYSQL_ROOT_PASSWORD=hunter2' # x\n    - A=b\nsecrets:\n  other:\n    file: ./o # there\n",
      "services:\n  db:\n    image: mysql\n    secrets:\n    - source: other\n      target: /x\n    - mysql_root_password\n    environment:\n    - 'MYSQL_ROOT_PASSWORD_FILE=/run/secrets/mysql_root_password' # x\n    - A=b\nsecrets:\n  other:\n    file: ./o # there\n  \(definition)"
    ),
    // Flow style, and a file without a line end.
    Row(
      "services: {db: {image: mysql, environment: {MYSQL_ROOT_PASSWORD: hunter2}, secrets: [a]}}\nsecrets: {a: {file: ./a}}",
      "services: {db: {image: mysql, environment: {MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password}, secrets: [a, mysql_root_password]}}\nsecrets: {a: {file: ./a}, mysql_root_password: {external: true, name: shop_mysql_root_password}}"
    ),
    Row(
      "services: {db: {image: mysql, environment: [MYSQL_ROOT_PASSWORD=hunter2]}}",
      "services: {db: {image: mysql, environment: [MYSQL_ROOT_PASSWORD_FILE=/run/secrets/mysql_root_password], secrets: [mysql_root_password]}}\nsecrets:\n  mysql_root_password:\n    external: true\n    name: shop_mysql_root_password\n"
    ),
    // JSON
    Row(
      "{\"services\": {\"db\": {\"image\": \"mysql\", \"environment\": {\"MYSQL_ROOT_PASSWORD\": \"hunter2\"}}}}\n",
      "{\"services\": {\"db\": {\"image\": \"mysql\", \"environment\": {\"MYSQL_ROOT_PASSWORD_FILE\": \"/run/secrets/mysql_root_password\"}, \"secrets\": [\"mysql_root_password\"]}}, \"secrets\": {\"mysql_root_password\": {\"external\": true, \"name\": \"shop_mysql_root_password\"}}}\n"
    ),
    // Windows' line ends.
    Row(
      "services:\r\n  db:\r\n    image: mysql\r\n    environment:\r\n      MYSQL_ROOT_PASSWORD: hunter2\r\n",
      "services:\r\n  db:\r\n    image: mysql\r\n    environment:\r\n      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password\r\n    secrets:\r\n      - mysql_root_password\r\nsecrets:\r\n  mysql_root_password:\r\n    external: true\r\n    name: shop_mysql_root_password\r\n"
    ),
    // Over two lines, and as a block.
    Row(
      "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: |-\n        hunter2\n    image: mysql\n",
      "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password\n    secrets:\n      - mysql_root_password\n    image: mysql\nsecrets:\n  \(definition)"
    ),
    // Anchors that nobody else uses; empty sections.
    Row(
      "x-env: &env\n  MYSQL_ROOT_PASSWORD: hunter2\nservices:\n  db:\n    image: mysql\n    environment: *env\n    secrets: []\nsecrets: {}\n",
      "x-env: &env\n  MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password\nservices:\n  db:\n    image: mysql\n    environment: *env\n    secrets: [mysql_root_password]\nsecrets: {mysql_root_password: {external: true, name: shop_mysql_root_password}}\n"
    ),
    // Variables, with and without defaults, and by name alone.
    Row(
      "services:\n  db:\n    image: mysql\n    environment:\n      MYSQL_ROOT_PASSWORD: ${ROOT:-hunter2}\n",
      "services:\n  db:\n    image: mysql\n    environment:\n      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password\n    secrets:\n      - mysql_root_password\nsecrets:\n  \(definition)"
    ),
  ]

  @Test(arguments: rows) func onlyWhatIsMeantChanges(_ row: Row) throws {
    let adoption = try adopt(row.before)
    #expect(text(adoption) == row.after)
    #expect(adoption.secrets.map { String(decoding: $0.value, as: UTF8.self) } == ["hunter2"])
    #expect(adoption.secrets.map(\.storedName) == ["shop_mysql_root_password"])
    for file in adoption.files { #expect(!(file.shownBefore + file.shownAfter).contains("hunter2"), "\(file.shownBefore)") }
  }

  @Test(arguments: ["MYSQL_ROOT_PASSWORD:", "MYSQL_ROOT_PASSWORD: null", "- MYSQL_ROOT_PASSWORD"])
  func valuesComeFromTheEnvironmentAndDotEnv(_ line: String) throws {
    let stack = "services:\n  db:\n    image: mysql\n    environment:\n      \(line)\n"
    let shell = try adopt(stack, environment: ["MYSQL_ROOT_PASSWORD": "abc"])
    #expect(shell.secrets.first?.value == Array("abc".utf8))
    #expect(shell.notes == ["your shell's environment still has the value, as MYSQL_ROOT_PASSWORD"])
    let file = try adopt(stack, files: ["/shop/.env": "A=b\nMYSQL_ROOT_PASSWORD=from-file\n"])
    #expect(file.secrets.first?.value == Array("from-file".utf8))
    #expect(
      file.notes == [".env:2 still has the value, as MYSQL_ROOT_PASSWORD, which nothing in the stack uses any more: remove it there"])
    #expect(
      text(file)?.contains(line.hasPrefix("-") ? "- MYSQL_ROOT_PASSWORD_FILE=/run" : "MYSQL_ROOT_PASSWORD_FILE: /run/secrets") == true)
    #expect(refusal { try adopt(stack) } == "service \"db\", MYSQL_ROOT_PASSWORD: it has no value here")
  }

  @Test func severalVariablesOfOneService() throws {
    let adoption = try adopt(
      "services:\n  db:\n    image: mariadb:11\n    environment: {MYSQL_ROOT_PASSWORD: one, MYSQL_PASSWORD: two}\n  web:\n    image: x:1\n    environment: [DB=two]\n",
      ["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"])
    #expect(
      text(adoption) == """
        services:
          db:
            image: mariadb:11
            environment: {MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password, MYSQL_PASSWORD_FILE: /run/secrets/mysql_password}
            secrets:
              - mysql_root_password
              - mysql_password
          web:
            image: x:1
            environment: [DB=two]
        secrets:
          mysql_root_password:
            external: true
            name: shop_mysql_root_password
          mysql_password:
            external: true
            name: shop_mysql_password

        """)
    #expect(adoption.notes == ["service \"web\" has the same value in its environment, as DB"])
    #expect(adoption.files.map(\.shownBefore).first?.contains("DB=***") == true)
    #expect(adoption.files.map(\.shownBefore).first?.contains("one") == false)
  }

  /// Without names: what the linter tells about, all of it or none.
  @Test func passwordsThatTheLinterFinds() throws {
    let stack =
      "services:\n  db:\n    image: mysql\n    environment: [MYSQL_ROOT_PASSWORD=a, 'MYSQL_PASSWORD=${P:-b}', MYSQL_USER=u, 'X=${Y-}']\n"
    #expect(try adopt(stack, []).secrets.map(\.variable) == ["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"])
    #expect(refusal { try adopt(stack, [], service: "web") } == "there is no service \"web\"")
    #expect(
      refusal { try adopt("services: {db: {image: mysql, environment: {A: b}}}\n", []) }
        == "service \"db\" has no password written in its environment")
    let other = stack.replacing("image: mysql", with: "image: other:1")
    #expect(refusal { try adopt(other, []) }?.contains("the image other:1 takes a file") == true)
  }

  @Test func filesInsteadOfTheStore() throws {
    let stack = "services:\n  db:\n    image: mysql\n    environment: [MYSQL_ROOT_PASSWORD=hunter2]\n"
    let inside = try adopt(stack) { $0.place = .directory("/shop/secrets") }
    #expect(text(inside)?.hasSuffix("secrets:\n  mysql_root_password:\n    file: ./secrets/mysql_root_password\n") == true)
    #expect(inside.secrets.map(\.path) == ["/shop/secrets/mysql_root_password"] && inside.secrets.map(\.storedName) == [nil])
    let outside = try adopt(stack) { $0.place = .directory("/etc/my secrets") }
    #expect(text(outside)?.hasSuffix("    file: \"/etc/my secrets/mysql_root_password\"\n") == true)
  }

  @Test func theFileOfTheLastWordIsChanged() throws {
    let base = "services:\n  db:\n    image: mysql\n    environment: {A: b}\n"
    let override = "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: hunter2\n"
    let adoption = try adopt(base, files: ["/shop/compose.override.yaml": override])
    #expect(adoption.files.map(\.rewriting.path) == ["/shop/compose.override.yaml"])
    let both = base.replacing("A: b", with: "MYSQL_ROOT_PASSWORD: old")
    #expect(
      refusal { try adopt(both, files: ["/shop/compose.override.yaml": override]) }
        == "service \"db\", MYSQL_ROOT_PASSWORD: another file of the stack sets it too")
  }

  @Test func aWrapperBeforeTheProgram() throws {
    let stack =
      "services:\n  app:\n    image: mine:1\n    environment:\n      API_TOKEN: hunter2\n    healthcheck: {test: \"x $$API_TOKEN\"}\n"
    let adoption = try adopt(stack, ["API_TOKEN"], service: "app") {
      $0.usesWrapper = true
      $0.imageProcess = .init(entrypoint: ["/entry"], command: ["serve", "--cost=$5", "a\"b"])
    }
    #expect(
      text(adoption) == """
        services:
          app:
            image: mine:1
            environment:
              API_TOKEN_FILE: /run/secrets/api_token
            secrets:
              - api_token
            entrypoint: ["/bin/sh", "-c", "API_TOKEN=\\"$$(cat \\"$$API_TOKEN_FILE\\")\\" && export API_TOKEN && unset API_TOKEN_FILE && exec \\"$$@\\"", "sh", "/entry"]
            command: ["serve", "--cost=$$5", "a\\"b"]
            healthcheck: {test: "x $$API_TOKEN"}
        secrets:
          api_token:
            external: true
            name: shop_api_token

        """)
    #expect(adoption.notes.contains { $0.hasPrefix("service \"app\": its healthcheck uses $API_TOKEN") }, "\(adoption.notes)")
    #expect(adoption.notes.contains { $0.contains("/proc/PID/environ") })
    let own = stack + "    entrypoint:\n      - /my/entry\n      - x\n    command: run\n"
    let again = try adopt(own, ["API_TOKEN"], service: "app") { $0.usesWrapper = true }
    #expect(text(again)?.contains("\"sh\", \"/my/entry\", \"x\"]\n    command: run\n") == true, "\(text(again) ?? "")")
  }

  static let refusals: [(String, String)] = [
    ("image: unknown:1", "nothing is known of a variable in which the image unknown:1 takes a file for it"),
    ("build: .", "nothing is known of a variable in which an image that is built here takes a file for it"),
    ("image: mysql\n    entrypoint: /own", "the service has an entrypoint of its own, so that nothing of the image reads a file for it"),
    ("image: mysql\n    env_file: db.env", "without the stack file's value the one of db.env:1:1 would count"),
  ]

  @Test(arguments: refusals) func isRefusedByName(_ keys: String, _ reason: String) throws {
    let stack = "services:\n  db:\n    environment: {MYSQL_ROOT_PASSWORD: hunter2}\n    \(keys)\n"
    #expect(
      refusal { try adopt(stack, files: ["/shop/db.env": "MYSQL_ROOT_PASSWORD=hunter2\n"]) }
        == "service \"db\", MYSQL_ROOT_PASSWORD: \(reason)")
  }

  @Test func sharedValuesAreRefused() {
    let anchored = """
      x-env: &env {MYSQL_ROOT_PASSWORD: hunter2}
      services:
        db: {image: mysql, environment: *env}
        other: {image: mysql, environment: *env}

      """
    #expect(
      refusal { try adopt(anchored) } == "service \"db\", MYSQL_ROOT_PASSWORD: what it is written in is also that of service \"other\"")
    let aliased = "x-p: &p hunter2\nservices:\n  db:\n    image: mysql\n    environment:\n      MYSQL_ROOT_PASSWORD: *p\n"
    #expect(refusal { try adopt(aliased) }?.contains("its value is an alias of what stands at compose.yaml:1:") == true)
    let envFile = "services:\n  db:\n    image: mysql\n    env_file: db.env\n"
    #expect(
      refusal { try adopt(envFile, files: ["/shop/db.env": "MYSQL_ROOT_PASSWORD=hunter2\n"]) }
        == "service \"db\", MYSQL_ROOT_PASSWORD: its value comes from db.env:1:1, which other programs may read too")
    let simple = "services:\n  db:\n    image: mysql\n    environment: [MYSQL_ROOT_PASSWORD=hunter2, A=]\n"
    #expect(refusal { try adopt(simple, service: "web") } == "there is no service \"web\"")
    #expect(refusal { try adopt(simple, ["B"]) } == "service \"db\", B: the service has no such variable in its environment")
    #expect(refusal { try adopt(simple, ["A"]) } == "service \"db\", A: its value is empty")
    #expect(refusal { try adopt(simple + "secrets: {x: {file: ./x}}\n") { $0.name = "x" } } == "the stack has a secret \"x\" already")
    #expect(refusal { try adopt("services: {db: {imge: x}}\n") } == "the stack files have errors")
  }

  private func refusal(_ body: () throws -> Adoption) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? AdoptionRefusal)?.message
    }
  }
}
