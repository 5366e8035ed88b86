import Diagnostics
import Testing

@testable import StackLoader

/// Each rule: where it speaks, and where it must not.
@Suite struct LintRuleTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var rule: LintRule
    /// The keys of the service `web` below `image: acme/web:1`, or a whole file when it starts with `services`.
    var text: String
    var expected: [String]
    var files: [String: String] = [:]
    init(_ rule: LintRule, _ text: String, _ expected: [String] = [], files: [String: String] = [:]) {
      self.rule = rule
      self.text = text
      self.expected = expected
      self.files = files
    }
    var testDescription: String { "\(rule): \(text.prefix(80))" }
    /// Line 4 is the text's first.
    var file: String {
      guard !text.hasPrefix("services"), !text.hasPrefix("#"), !text.hasPrefix("version") else { return text }
      let keys = text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
      return "services:\n  web:\n    image: acme/web:1\n" + keys
    }
  }

  @Test(arguments: passwords + images + reach + waiting + unused + writing + data)
  func finds(_ row: Row) {
    let checked = check(row.file, files: row.files)
    #expect(findings(checked) == row.expected, "\(checked.diagnostics.map(described))")
  }

  @Test func everyRuleHasARowThatFindsAndOneThatDoesNot() {
    let rows = Self.passwords + Self.images + Self.reach + Self.waiting + Self.unused + Self.writing + Self.data
    for rule in LintRule.allCases {
      let own = rows.filter { $0.rule == rule }
      // What one list says twice the loader tells; the rule lends it its fix.
      let code = rule == .duplicateEntry ? "MU0308" : rule.rawValue
      #expect(own.contains { row in row.expected.contains { $0.contains(code) } }, "\(rule) is found nowhere")
      #expect(own.contains { row in !row.expected.contains { $0.contains(rule.rawValue) } }, "\(rule) has no file without it")
    }
  }

  static let passwords: [Row] = [
    Row(.passwordInEnvironment, "environment:\n  DB_PASSWORD: hunter2\n  TOKEN: abc", ["5:7 MU0601", "6:7 MU0601"]),
    Row(
      .passwordInEnvironment, "environment:\n  - DB_PASSWORD=hunter2\n  - \"API_KEY=abc\"\n  - stripeApiKey=x1",
      ["5:9 MU0601", "6:10 MU0601", "7:9 MU0601"]),
    Row(
      .passwordInEnvironment, "environment: {DB_PASS: a, DB_PWD: b, PGPASSWORD: c, PRIVATE_KEY: d, AWS_SECRET_ACCESS_KEY: e}",
      ["4:19 MU0601", "4:31 MU0601", "4:42 MU0601", "4:57 MU0601", "4:73 MU0601"]),
    Row(
      .passwordInEnvironment, "environment:\n  A_SECRET: ${A_SECRET:-fallback}\n  B_SECRET: ${B_SECRET-fallback}",
      ["5:7 MU0601", "6:7 MU0601"]),
    Row(.passwordInEnvironment, "environment:\n  A_SECRET: pa$$word", ["5:7 MU0601"]),
    Row(
      .passwordInEnvironment,
      """
      environment:
        A_PASSWORD: ${A:?}
        B_PASSWORD: $B
        C_PASSWORD:
        D_PASSWORD: ""
        E_PASSWORD_FILE: /run/secrets/e
        F_PASSWORD: /run/secrets/f
        G_PASSWORD: ${G:-}
        H_PASSWORD: ${H:-${OTHER}}
        MYSQL_ALLOW_EMPTY_PASSWORD: "yes"
        MARIADB_RANDOM_ROOT_PASSWORD: "1"
        TOKEN_TTL: 3600
        SECRET_NAME: app
        PASSWORD_MIN_LENGTH: 12
        USE_TOKEN: x
        PASSPORT: x
        TOKENIZER: x
        MAX_TOKENS: 100
        COMPASS: x
        PWD: /x1
        KEYBOARD: de
        JWT_TOKEN_EXPIRATION: 1h
        ENABLE_PASSWORD_RESET: x
        PASSWORD_HASHERS: argon2
        OIDC_TOKEN_ENDPOINT: https://a/b
        JWT_PUBLIC_KEY: abc
        SECRET_ARN: arn:aws:x
      """),
    Row(.passwordInBuildArguments, "build: {context: ., args: {NPM_TOKEN: abc}}", ["4:32 MU0602"]),
    Row(.passwordInBuildArguments, "build: {context: ., args: {NPM_TOKEN: , VERSION: abc}}"),
    Row(.passwordInCommand, "command: app --password=hunter2 --x", ["4:14 MU0603"]),
    Row(.passwordInCommand, "command: [redis-server, --requirepass, hunter2]", ["4:44 MU0603"]),
    Row(.passwordInCommand, "healthcheck:\n  test: mysqladmin ping -phunter2", ["5:13 MU0603"]),
    Row(.passwordInCommand, "healthcheck:\n  test: [CMD, mysqladmin, -phunter2]", ["5:31 MU0603"]),
    Row(.passwordInCommand, "entrypoint: sh -c 'PGPASSWORD=x psql'", ["4:17 MU0603"]),
    Row(.passwordInCommand, "entrypoint: PGPASSWORD=x psql", ["4:17 MU0603"]),
    Row(.passwordInCommand, "command: app --password=$$PASSWORD --password-file x --token \"$$(cat /run/secrets/t)\""),
    Row(.passwordInCommand, "command: ssh -p2222 host; tool --password-stdin --no-password --secret-name=x"),
    Row(.passwordInLabel, "labels: [admin.password=hunter2]", ["4:14 MU0604"]),
    Row(.passwordInLabel, "labels: [traefik.http.middlewares.a.basicauth.users=x, token.length=3]"),
    Row(.passwordInURL, "environment:\n  DATABASE: postgres://shop:hunter2@db/shop", ["5:17 MU0605"]),
    Row(.passwordInURL, "command: app redis://:hunter2@cache", ["4:14 MU0605"]),
    Row(.passwordInURL, "environment:\n  - A=amqp://u:${PW:-guest}@mq", ["5:9 MU0605"]),
    Row(
      .passwordInURL,
      "environment:\n  A: postgres://u:${PW}@db\n  B: https://host/path:x@y\n  C: http://a@b\n  D: x://u:***@h\n  E: http://h:80/@x"),
  ]

  static let images: [Row] = [
    Row(.movingImage, "services: {a: {image: nginx}, b: {image: 'ghcr.io/x/y:latest'}}", ["1:23 MU0606", "1:42 MU0606"]),
    Row(
      .movingImage,
      "services: {a: {image: 'nginx:1.27'}, b: {image: x, build: .}, c: {image: x, pull_policy: never}, "
        + "d: {image: 'nginx@sha256:\(String(repeating: "a", count: 64))'}, e: {image: 'localhost:5000/x:2'}}"),
  ]

  static let reach: [Row] = [
    Row(
      .databaseOnAllAddresses, "ports:\n  - 5432:5432\n  - 0.0.0.0:6379:6379\n  - \"3306\"",
      ["5:9 MU0607 ?", "6:9 MU0607 ?", "7:9 MU0607 ?"]),
    Row(.databaseOnAllAddresses, "ports:\n  - target: 27017\n    published: 1", ["5:9 MU0607 ?"]),
    Row(
      .databaseOnAllAddresses, "services: {db: {image: 'rabbitmq:4', ports: ['15672:15672'], volumes: ['/d:/var/lib/rabbitmq']}}",
      ["1:46 MU0607 ?"]),
    Row(.databaseOnAllAddresses, "ports: [127.0.0.1:5432:5432, '[::1]:6379:6379', 80:80, 5432:80, 11211:11211/udp]"),
    Row(.databaseOnAllAddresses, "ports: [{target: 5432, published: 5432, host_ip: 127.0.0.1}]"),
    Row(.engineSocket, "volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']", ["4:15 MU0608"]),
    Row(.engineSocket, "volumes: [{type: bind, source: /run/podman/podman.sock, target: /x}]", ["4:36 MU0608"]),
    Row(.engineSocket, "volumes: ['/run/mysqld/mysqld.sock:/x']"),
    Row(.privileged, "privileged: true", ["4:17 MU0609"]),
    Row(.privileged, "privileged: 'false'"),
    Row(.broadCapability, "cap_add: [CAP_SYS_ADMIN, all, NET_ADMIN]", ["4:15 MU0610", "4:30 MU0610"]),
    Row(.broadCapability, "cap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE]"),
    Row(.hostNamespace, "network_mode: host\npid: host", ["4:19 MU0611 note", "5:10 MU0611"]),
    Row(.hostNamespace, "network_mode: none"),
    Row(
      .writableSystemDirectory, "volumes:\n  - /etc:/host/etc\n  - /:/rootfs:rw\n  - '/proc/sys:/p'",
      ["5:9 MU0612 ?", "6:9 MU0612", "7:9 MU0612 ?"]),
    Row(.writableSystemDirectory, "volumes: ['/etc:/host/etc:ro', '/etc/pihole:/etc/pihole', '/srv:/srv']"),
  ]

  static let waiting: [Row] = [
    Row(
      .neverHealthy, "services: {a: {image: 'x:1', depends_on: {b: {condition: service_healthy}}}, b: {image: 'redis:7'}}",
      ["1:58 MU0613 error"]),
    Row(
      .neverHealthy, "services: {a: {image: 'x:1', depends_on: {b: {condition: service_healthy}}}, b: {image: 'acme/b:7'}}",
      ["1:58 MU0613"]),
    Row(
      .neverHealthy,
      "services: {a: {image: 'x:1', depends_on: {b: {condition: service_healthy}}}, b: {image: 'acme/b:7', healthcheck: {disable: true}}}",
      ["1:58 MU0613 error"]),
    Row(
      .neverHealthy,
      "services: {a: {image: 'x:1', depends_on: {b: {condition: service_healthy}}}, b: {image: 'redis:7', healthcheck: {test: redis-cli ping}}}"
    ),
    Row(
      .neverHealthy, "services: {a: {image: 'x:1', depends_on: {b: {condition: service_healthy}}}, b: {build: b}}",
      files: ["/shop/b/Dockerfile": "FROM x\nHEALTHCHECK CMD true\n"]),
    Row(
      .neverHealthy, "services: {a: {image: 'x:1', depends_on: {b: {condition: service_healthy}}}, b: {build: b}}", ["1:58 MU0613"],
      files: ["/shop/b/Dockerfile": "FROM x\nHEALTHCHECK NONE\n"]),
    Row(
      .startedIsNotReady,
      "services: {a: {image: 'x:1', depends_on: [b]}, b: {image: 'redis:7', healthcheck: {test: redis-cli ping}}}", ["1:43 MU0614 note"]),
    Row(
      .startedIsNotReady,
      "services: {a: {image: 'x:1', depends_on: {b: {condition: service_started}}}, b: {image: 'redis:7', healthcheck: {test: x}}}",
      ["1:58 MU0614 note ?"]),
    Row(.startedIsNotReady, "services: {a: {image: 'x:1', depends_on: [b]}, b: {image: 'redis:7'}}"),
    Row(
      .neverCompletes,
      "services: {a: {image: 'x:1', depends_on: {b: {condition: service_completed_successfully}}}, b: {image: 'x:1', restart: always}}",
      ["1:58 MU0615 error"]),
    Row(
      .neverCompletes,
      "services: {a: {image: 'x:1', depends_on: {b: {condition: service_completed_successfully}}}, b: {image: 'x:1', restart: on-failure}}"),
  ]

  static let unused: [Row] = [
    Row(.unusedVolume, "services: {a: {image: 'x:1', volumes: ['data:/d']}}\nvolumes: {data: , dta: }", ["2:19 MU0616"]),
    Row(
      .unusedVolume,
      "services: {a: {image: 'x:1', profiles: [p], volumes: [{type: volume, source: data, target: /d}]}}\nvolumes: {data: }"),
    Row(.unusedNetwork, "services: {a: {image: 'x:1', networks: [n]}}\nnetworks: {n: , default: , m: }", ["2:17 MU0617", "2:28 MU0617"]),
    Row(.unusedNetwork, "services: {a: {image: 'x:1', networks: {n: }}, b: {image: 'x:1'}}\nnetworks: {n: , default: {internal: true}}"),
    Row(.unusedSecret, "services: {a: {image: 'x:1', secrets: [s]}}\nsecrets: {s: {file: s}, t: {file: t}}", ["2:25 MU0618"]),
    Row(.unusedSecret, "services: {a: {image: 'x:1', secrets: [{source: s}]}}\nsecrets: {s: {file: s}}"),
    Row(.unusedConfig, "services: {a: {image: 'x:1', configs: [s]}}\nconfigs: {s: {file: s}, t: {file: t}}", ["2:25 MU0619"]),
    Row(.unusedConfig, "services: {a: {image: 'x:1', configs: [{source: s}]}}\nconfigs: {s: {file: s}}"),
  ]

  static let writing: [Row] = [
    Row(.obsoleteKey, "version: '3'\nservices: {a: {image: 'x:1'}}", ["1:1 MU0620 !"]),
    Row(.obsoleteKey, "services: {a: {image: 'x:1', links: [b]}, b: {image: 'x:1'}}", ["1:30 MU0620 note"]),
    Row(
      .obsoleteKey, "services: {a: {image: 'x:1', volumes: ['v:/v']}}\nvolumes: {v: {external: {name: w}}}", ["2:15 MU0620 !"]),
    Row(.obsoleteKey, "services: {a: {image: 'x:1', volumes: ['v:/v']}}\nvolumes: {v: {external: true, name: w}}"),
    Row(.containerName, "container_name: web", ["4:21 MU0621 note"]),
    Row(.containerName, "hostname: web"),
    Row(.duplicateEntry, "environment: [A=1, B=2, A=1, A=3]", ["4:29 MU0308 !", "4:34 MU0308"]),
    Row(.duplicateEntry, "cap_add:\n  - NET_RAW\n  - NET_RAW # twice", ["6:9 MU0308 !"]),
    Row(.duplicateEntry, "environment: [A=1, AA=1]\ncap_add: [NET_RAW, CHOWN]"),
    Row(.quotesInValue, "environment:\n  - A=\"x y\"\n  - B='[1]'\n  - C=\"a, b\"", ["5:9 MU0623 !", "6:9 MU0623", "7:9 MU0623"]),
    Row(.quotesInValue, "environment:\n  - 'A=\"x\"'\n  - \"B=x\"\n  - C=\"x\"y\n  - D=\"\n  - E=say \"x\"\n  - F=\"a\" \"b\""),
    Row(.booleanInEnvironment, "environment: {A: true, B: False}", ["4:22 MU0624 note !", "4:31 MU0624 note !"]),
    Row(.booleanInEnvironment, "environment: {A: 'true', B: yes, C: 1}\nlabels: {d: true}"),
    Row(.rewrittenNumber, "environment: {A: 1.10, B: 0x10, C: 010}", ["4:22 MU0625 ?", "4:31 MU0625 ?", "4:40 MU0625 ?"]),
    Row(.rewrittenNumber, "environment: {A: 1.1, B: '1.10', C: 10, D: 1.2.0, E: -1}"),
    Row(.base60Port, "ports: [22:22, 5053:53]", ["4:13 MU0626 note !", "4:20 MU0626 note !"]),
    Row(.base60Port, "ports: ['22:22', 80:80, 8080:60, 22:22/udp, 127.0.0.1:22:22]"),
    Row(.exposedTwice, "ports: ['80:80']\nexpose: [80, 81]", ["5:14 MU0627 note"]),
    Row(.exposedTwice, "ports: ['80:80/udp']\nexpose: [80]"),
  ]

  static let data: [Row] = [
    Row(.anonymousDatabaseVolume, "services: {db: {image: 'postgres:16', volumes: [/var/lib/postgresql/data]}}", ["1:49 MU0628"]),
    Row(.anonymousDatabaseVolume, "services: {db: {image: 'mysql:8'}}", ["1:24 MU0628"]),
    Row(
      .anonymousDatabaseVolume,
      "services: {db: {image: 'mysql:8', tmpfs: /var/lib/mysql}, c: {image: 'redis:7'}, d: {image: 'postgres:18', volumes: ['./d:/var/lib/postgresql']}}"
    ),
    Row(.missingBindSource, "volumes: ['./nginx.conf:/etc/nginx/nginx.conf']", ["4:15 MU0629"]),
    Row(.missingBindSource, "volumes: ['./nginx.conf:/etc/nginx/nginx.conf']", files: ["/shop/nginx.conf": ""]),
    Row(
      .missingBindSource,
      "volumes: ['./conf.d:/etc/nginx/conf.d', './data:/data', './my.app:/srv/app', '/run/x.sock:/x.sock', './.config:/root/.config']"),
    Row(.missingBindSource, "volumes: [{type: bind, source: ./a.conf, target: /a.conf, bind: {create_host_path: false}}]"),
    Row(.pathOutsideProject, "volumes: ['../../data:/data']", ["4:15 MU0630 note"]),
    Row(.pathOutsideProject, "volumes: ['../data:/data', '/data:/x']"),
    Row(
      .missingHealthcheckTool, "services: {db: {image: 'redis:7', healthcheck: {test: [CMD, curl, -f, localhost]}}}", ["1:55 MU0631"]),
    Row(
      .missingHealthcheckTool,
      "services: {a: {image: 'nginx:1-alpine', healthcheck: {test: curl -f localhost}}, b: {image: 'python:3.12-slim', healthcheck: {test: 'wget x || exit 1'}}}",
      ["1:133 MU0631"]),
    Row(
      .missingHealthcheckTool,
      "services: {a: {image: 'redis:7-alpine', healthcheck: {test: wget -q x}}, b: {image: 'x:1', healthcheck: {test: curl x}}}"),
    Row(.startIntervalWithoutPeriod, "healthcheck: {test: x, start_interval: 1s}", ["4:44 MU0632"]),
    Row(.startIntervalWithoutPeriod, "healthcheck: {test: x, start_interval: 1s, start_period: 10s}"),
    Row(.missingOptionalFile, "env_file: [{path: a.env, required: false}]", ["4:23 MU0633 note"]),
    Row(.missingOptionalFile, "env_file: [{path: a.env, required: false}]", files: ["/shop/a.env": "A=1"]),
  ]
}
