import Diagnostics
import Testing

@testable import StackLoader

/// Bad input and exactly what is said about it.
@Suite struct DiagnosticTableTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: [String]
    var files: [String: String] = [:]
    var testDescription: String { String(text.prefix(60)) }
  }

  @Test(arguments: yaml + structure + references + addresses + severalFiles)
  func says(_ row: Row) {
    let loaded = load(row.text, files: row.files)
    #expect(lines(loaded) == row.expected)
    // A finding stands beside the value.
    #expect((loaded.value == nil) == row.expected.contains { $0.contains("error MU") && !$0.contains("error MU0302") })
  }

  static let yaml = [
    Row(
      text: "services:\n  web:\n    image: a\n    image: b\n",
      expected: [
        "compose.yaml:4:5: error MU0104: the key \"image\" is written twice; first in line 3, column 5 | keep one of them"
      ]),
    Row(
      text: "services:\n\tweb: {}\n",
      expected: [
        "compose.yaml:2:1: error MU0103: not YAML: found character that cannot start any token (while scanning for the next token, line 2) | this is a tab; indent with spaces"
      ]),
    Row(
      text: "services:\n  web:\n    image: \"a\n",
      expected: [
        "compose.yaml:4:1: error MU0103: not YAML: found unexpected end of stream (while scanning a quoted scalar, line 3)"
      ]),
    Row(
      text: "services: {\u{7}: x}\n",
      expected: [
        "compose.yaml:1:12: error MU0103: this byte cannot stand in a YAML file: control characters are not allowed | stack files are UTF-8 text"
      ]),
    Row(
      text: "x-a: &base 1\nx-b: *bas\n",
      expected: ["compose.yaml:2:6: error MU0106: there is no anchor &bas above this alias | did you mean *base?"]),
    Row(text: "a: &a [*a]\n", expected: ["compose.yaml:1:8: error MU0106: the alias *a stands inside what it stands for"]),
    Row(text: "x-a: {<<: [1]}\n", expected: ["compose.yaml:1:12: error MU0106: << merges mappings; this is a number"]),
    Row(
      text: "name: !secret x\n",
      expected: ["compose.yaml:1:7: error MU0107: the tag !secret is not known | stack files have the tags !reset and !override"]),
    Row(text: "? [a]\n: b\n", expected: ["compose.yaml:1:3: error MU0103: a key is a list | write a name before the colon"]),
    Row(
      text: "services: {web: {image: a, working_dir: \"/a\\0b\"}}\n",
      expected: [
        "compose.yaml:1:41: error MU0103: the text holds a NUL character | no path, variable or argument can hold one"
      ]),
    Row(text: "", expected: ["compose.yaml:1:1: error MU0103: the file is empty | a stack file has services with at least an image each"]),
    Row(text: "- a\n", expected: ["compose.yaml:1:1: error MU0304: a stack file is a mapping, not a list | it starts with services:"]),
  ]

  static let structure = [
    Row(
      text: "services:\n  web:\n    imge: a\n",
      expected: [
        "compose.yaml:3:5: error MU0301: service \"web\": the key \"imge\" is not known | did you mean \"image\"?"
      ]),
    Row(text: "servces: {}\n", expected: ["compose.yaml:1:1: error MU0301: the key \"servces\" is not known | did you mean \"services\"?"]),
    Row(
      text: "services: {web: {image: a, x-mine: {any: [thing]}}}\nx-top: 1\nqqqq: 1\n",
      expected: [
        "compose.yaml:3:1: error MU0301: the key \"qqqq\" is not known | keys of your own start with x-"
      ]),
    Row(
      text: "services: {web: {image: a, build: {context: ., privileged: true}}}\n",
      expected: [
        "compose.yaml:1:48: error MU0302: service \"web\", build: \"privileged\" is not supported yet by this version: builds have no more rights than containers | remove it"
      ]),
    Row(
      text: "version: '3'\nservices: {web: {image: a}}\n",
      expected: [
        "compose.yaml:1:1: warning MU0303: \"version\" has no effect: Compose files have no versions any more | remove the line"
      ]),
    Row(
      text: "services: {web: {}}\n",
      expected: [
        "compose.yaml:1:17: error MU0403: service \"web\" has neither an image nor a build context | add image: NAME or build: DIRECTORY"
      ]),
    Row(
      text: "services: {web: }\n",
      expected: [
        "compose.yaml:1:12: error MU0304: service \"web\" must be a mapping, not nothing | write its keys, as image: NAME, indented below it"
      ]),
    Row(
      text: "services: {web: {image: Nginx}}\n",
      expected: [
        "compose.yaml:1:25: error MU0404: service \"web\": invalid image name \"Nginx\": a repository is written in lower case"
      ]),
    Row(
      text: "services: {web: {image: a, scale: 3, container_name: web}}\n",
      expected: [
        "compose.yaml:1:54: error MU0406: service \"web\" has a container_name and 3 replicas, whose names would be the same | remove container_name, or have one replica"
      ]),
    Row(
      text: "services: {web: {image: a, stop_grace_period: 10}}\n",
      expected: [
        "compose.yaml:1:47: error MU0304: service \"web\": stop_grace_period must be a duration, not a number | with a unit: 10s"
      ]),
    Row(
      text: "services: {web: {image: a, mem_limit: 12q}}\n",
      expected: [
        "compose.yaml:1:39: error MU0305: service \"web\": mem_limit \"12q\" is not a size | write it as 512m or 2g"
      ]),
    Row(
      text: "services: {web: {image: a, privileged: maybe}}\n",
      expected: [
        "compose.yaml:1:40: error MU0304: service \"web\": privileged must be true or false, not a string"
      ]),
    Row(
      text: "services: {web: {image: a, environment: [A=1, {b: c}]}}\n",
      expected: [
        "compose.yaml:1:47: error MU0304: service \"web\": an entry of environment must be a string, not a mapping | write it as \"b=c\", or leave out all the dashes"
      ]),
    Row(
      text: "services: {web: {image: a, ports: [\"80-82:80-81\", \"80-81:80\", 99999:1, 80:80/foo, x, \"1.2.3:1:1\"]}}\n",
      expected: [
        "compose.yaml:1:36: error MU0405: service \"web\": the port \"80-82:80-81\" maps 3 host ports to 2 container ports | make both ranges equally long",
        "compose.yaml:1:63: error MU0405: service \"web\": the port \"99999:1\" has \"99999\" where a port is expected | ports are numbers from 1 to 65535",
        "compose.yaml:1:72: error MU0405: service \"web\": the port \"80:80/foo\" has the protocol \"foo\" | tcp and udp can be published",
        "compose.yaml:1:83: error MU0405: service \"web\": the port \"x\" has \"x\" where a port is expected | ports are numbers from 1 to 65535",
        "compose.yaml:1:86: error MU0405: service \"web\": the port \"1.2.3:1:1\" has \"1.2.3\" where an IP address is expected",
      ]),
    Row(
      text: "services: {web: {image: a, cpus: 1, deploy: {resources: {limits: {cpus: 2}}}}}\n",
      expected: [
        "compose.yaml:1:34: error MU0306: service \"web\": cpus and deploy.resources say different things | keep one of them"
      ]),
    Row(
      text: "services: {web: {image: a, network_mode: host, networks: [default]}}\n",
      expected: [
        "compose.yaml:1:42: error MU0306: service \"web\" has both network_mode and networks | keep one of them"
      ]),
    Row(
      text: "services: {web: {image: a, logging: {driver: fluentd}}}\n",
      expected: [
        "compose.yaml:1:46: error MU0302: service \"web\", logging: driver \"fluentd\" is not supported yet by this version | there are json-file, local, syslog, journald and none"
      ]),
    Row(
      text: "services: {web: {image: a, hostname: \"a b\", extra_hosts: [\"x y=1.2.3.4\", \"z=1.2\"]}}\n",
      expected: [
        "compose.yaml:1:38: error MU0407: service \"web\": hostname \"a b\" is not a host's name | it has letters, digits, '-' and '.'",
        "compose.yaml:1:59: error MU0305: service \"web\": extra_hosts has \"1.2.3.4\" as the address of \"x y\" | write it as NAME=ADDRESS",
        "compose.yaml:1:74: error MU0305: service \"web\": extra_hosts has \"1.2\" as the address of \"z\" | write it as NAME=ADDRESS",
      ]),
    Row(
      text: "services: {a: {image: x}, web: {image: a, network_mode: \"service:a\", ports: [80]}}\n",
      expected: [
        "compose.yaml:1:77: error MU0306: service \"web\" publishes ports and has no network of its own | publish them where the network is"
      ]),
    Row(
      text: "services: {web: {image: a, mem_limit: 10m, mem_reservation: 20m, memswap_limit: 5m}}\n",
      expected: [
        "compose.yaml:1:81: error MU0306: service \"web\": memswap_limit, memory and swap together, is less than the memory alone | make it at least 10485760",
        "compose.yaml:1:61: error MU0306: service \"web\" reserves more memory than its limit allows | reserve at most 10485760",
      ]),
    Row(
      text: "services: {web: {image: a, network_mode: bridge, cgroup: private, userns_mode: host}}\n",
      expected: [
        "compose.yaml:1:42: warning MU0303: service \"web\": network_mode \"bridge\" is taken as the stack's own network | remove the line; to reach other stacks, use an external network"
      ]),
    Row(
      text: "services: {web: {image: a, cgroup: host, userns_mode: keep-id}}\n",
      expected: [
        "compose.yaml:1:55: error MU0302: service \"web\": userns_mode \"keep-id\" is not supported yet by this version | there is host; without it the engine's setting userns-remap counts"
      ]),
    Row(
      text: "services: {we/b: {image: a}}\n",
      expected: [
        "compose.yaml:1:12: error MU0407: \"we/b\" is not a name for a service | names have letters, digits, '_', '.' and '-'"
      ]),
    Row(
      text: "name: Shop!\nservices: {web: {image: a}}\n",
      expected: [
        "compose.yaml:1:7: warning MU0408: \"Shop!\" is not a project name; the project is called \"shop\" | write name: shop"
      ]),
    Row(
      text: "services: {web: {image: a}}\nsecrets: {s: {content: hush}, t: {external: true}}\nvolumes: {a/b: , c: {driver: nfs}}\n",
      expected: [
        "compose.yaml:2:15: error MU0302: secret \"s\": \"content\" is not supported yet by this version: a secret does not belong into the stack file, where everyone reads it | use file or environment",
        "compose.yaml:3:11: error MU0407: \"a/b\" is not a name for a volume | names have letters, digits, '_', '.' and '-'",
        "compose.yaml:3:30: error MU0302: volume \"c\": driver \"nfs\" is not supported yet by this version | volumes are directories of this machine (driver local)",
      ]),
  ]

  static let references = [
    Row(
      text:
        "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c:\n    image: x\n    depends_on:\n      a: {condition: service_healthy}\n",
      expected: [
        "compose.yaml:7:7: error MU0402: services wait for each other: a → b → c → a | remove one of these dependencies"
      ]),
    Row(
      text: "services: {a: {image: x, depends_on: [a]}}\n",
      expected: [
        "compose.yaml:1:39: error MU0402: services wait for each other: a → a | remove one of these dependencies"
      ]),
    Row(
      text:
        "services: {web: {image: x, depends_on: [bd], links: [cache], volumes: [\"date:/x\", \"a/b:/y\"], networks: [bck], secrets: [pw]}, db: {image: x}}\nnetworks: {back: }\nvolumes: {data: }\nsecrets: {pwd: {file: x}}\n",
      expected: [
        "compose.yaml:1:105: error MU0401: service \"web\" uses the network \"bck\", which is not declared | did you mean \"back\"?",
        "compose.yaml:1:72: error MU0401: service \"web\" uses the volume \"date\", which is not declared | did you mean \"data\"?",
        "compose.yaml:1:83: error MU0401: service \"web\" uses the volume \"a/b\", which is not declared | a path of the host starts with ./ or /",
        "compose.yaml:1:121: error MU0401: service \"web\" uses the secret \"pw\", which is not declared | did you mean \"pwd\"?",
        "compose.yaml:1:41: error MU0401: service \"web\" depends on \"bd\", which is not declared | did you mean \"db\"?",
        "compose.yaml:1:54: error MU0401: service \"web\" depends on \"cache\", which is not declared | the services are db, web",
      ]),
    Row(
      text: "services: {web: {image: x, depends_on: [db]}, db: {image: x, profiles: [data]}}\n",
      expected: [
        "compose.yaml:1:41: error MU0401: service \"web\" depends on \"db\", whose profiles are not active | activate one: --profile data"
      ]),
    Row(
      text: "services: {web: {image: \"x:$TAG$TAG\", command: \"${A:?why not}\", user: \"${bad\"}}\n",
      expected: [
        "compose.yaml:1:25: warning MU0201: the variable TAG is not set; it is taken as empty | set it, or give it a default: ${TAG:-value}",
        "compose.yaml:1:48: error MU0202: the variable A must be set: why not | set A in the environment or in the .env file",
        "compose.yaml:1:71: error MU0203: not a variable: ${ is not closed by } | write $$ for a dollar sign",
      ]),
  ]

  static let addresses = [
    Row(
      text: """
        services:
          a: {image: x, networks: {n: {ipv4_address: 10.9.0.5}, free: {ipv4_address: 10.8.0.1}}}
          b: {image: x, scale: 2, networks: {n: {ipv4_address: 10.9.0.5}}}
          c: {image: x, networks: {n: {ipv4_address: 10.10.0.5}}}
          d: {image: x, networks: {n: {ipv4_address: ten}}}
          e: {image: x, healthcheck: {test: t, interval: 5us}}
        networks: {n: {ipam: {config: [{subnet: 10.9.0.0/16, gateway: 10.8.0.1, ip_range: 10.10.0.0/24}]}}, free: }
        """,
      expected: [
        "compose.yaml:7:63: error MU0305: network \"n\", ipam: gateway is not in the subnet 10.9.0.0/16 | choose one inside it",
        "compose.yaml:7:83: error MU0305: network \"n\", ipam: ip_range is not in the subnet 10.9.0.0/16 | choose one inside it",
        "compose.yaml:5:46: error MU0305: service \"d\", networks.n: ipv4_address \"ten\" is not an IPv4 address",
        "compose.yaml:6:50: error MU0305: service \"e\", healthcheck: interval \"5us\" is too short | 1ms is the least",
        "compose.yaml:2:78: error MU0306: service \"a\": ipv4_address 10.8.0.1 on the network \"free\", which has no fixed subnet | give the network one: ipam: {config: [{subnet: …}]}",
        "compose.yaml:3:56: error MU0306: service \"b\" has a fixed address and 2 replicas | remove ipv4_address, or have one replica",
        "compose.yaml:3:56: error MU0306: service \"b\": ipv4_address 10.9.0.5 is given to service \"a\" too | choose another",
        "compose.yaml:4:46: error MU0305: service \"c\": ipv4_address 10.10.0.5 is not in the subnet 10.9.0.0/16 of the network \"n\" | choose an address of the subnet",
      ])
  ]

  static let severalFiles = [
    Row(
      text: "services: {web: {extends: {service: base, file: other.yaml}}}\n",
      expected: [
        "compose.yaml:1:37: error MU0501: service \"web\" extends \"base\", which is not in other.yaml | did you mean \"bse\"?"
      ], files: ["/shop/other.yaml": "services: {bse: {image: x}}"]),
    Row(
      text: "services: {a: {image: x, extends: b}, b: {extends: a}}\n",
      expected: [
        "compose.yaml:1:52: error MU0402: services extend each other: a → b → a | remove one of these extends",
        "compose.yaml:1:35: error MU0402: services extend each other: b → a → b | remove one of these extends",
      ]),
    Row(
      text: "services: {a: {extends: {file: no.yaml, service: x}}}\n",
      expected: [
        "compose.yaml:1:32: error MU0102: cannot read the stack file /shop/no.yaml: there is no such file"
      ]),
    Row(
      text: "include: [sub/other.yaml]\nservices: {a: {image: x}}\n",
      expected: [
        "sub/other.yaml:1:11: error MU0402: files include each other: compose.yaml → other.yaml → compose.yaml | remove one of these includes"
      ], files: ["/shop/sub/other.yaml": "include: [../compose.yaml]"]),
    Row(
      text: "include: [a.yaml, b.yaml]\n",
      expected: [
        "b.yaml:1:12: error MU0502: services.x is also declared in a.yaml:1:12, differently | rename one of them"
      ], files: ["/shop/a.yaml": "services: {x: {image: a}}", "/shop/b.yaml": "services: {x: {image: b}}"]),
    Row(
      text: "services: {web: {image: x, env_file: [no.env, bad.env]}}\n",
      expected: [
        "compose.yaml:1:39: error MU0102: service \"web\": cannot read /shop/no.env: there is no such file | make the file, or say required: false",
        "bad.env:2:3: error MU0204: the value is not closed by '",
      ], files: ["/shop/bad.env": "A=1\nB='x\n"]),
    Row(
      text: "services: {web: {image: x, ports: [80]}}\n",
      expected: [
        "compose.override.yaml:1:25: error MU0503: services.web.ports is a mapping here and a list in compose.yaml:1:35 | write both in one form, or replace the earlier one with !override"
      ], files: ["/shop/compose.override.yaml": "services: {web: {ports: {a: b}}}"]),
  ]

  @Test func noFile() {
    let loaded = loadStack(LoadRequest(currentDirectory: "/shop/sub"), reader: MemoryFiles(files: [:]))
    #expect(
      lines(loaded) == ["error MU0101: there is no stack file in /shop/sub or above it | write a compose.yaml, or name a file with -f"])
    let named = loadStack(LoadRequest(files: ["x.yaml"], currentDirectory: "/shop"), reader: MemoryFiles(files: [:]))
    #expect(lines(named) == ["error MU0102: cannot read the stack file /shop/x.yaml: there is no such file"])
  }

  @Test func namedServicesMustExist() {
    let loaded = load("services: {web: {image: x}, db: {image: y}}") { $0.services = ["wbe"] }
    #expect(lines(loaded) == ["error MU0401: no such service: wbe | did you mean \"web\"?"])
  }

  @Test func contentsAreCheckedApart() throws {
    let loaded = load(
      "services: {web: {image: x, secrets: [a, b], configs: [c]}}\nsecrets: {a: {file: ./a}, b: {environment: B}}\nconfigs: {c: {file: ./c}}\n"
    )
    let stack = try #require(loaded.value)
    let found = checkContents(stack, reader: MemoryFiles(files: ["/shop/c": ""]))
    #expect(
      lines(Diagnosed<Int>(value: nil, diagnostics: found)) == [
        "compose.yaml:2:21: error MU0409: secret \"a\": there is no file /shop/a | make the file, or correct its path",
        "compose.yaml:2:44: error MU0409: secret \"b\": the variable B is not set | set it before running the command",
      ])
  }
}
