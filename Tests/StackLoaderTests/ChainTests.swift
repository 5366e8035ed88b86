import Diagnostics
import Testing

@testable import StackLoader

/// What is said about a value that did not simply stand where it is used: its own place, and the way that led from there.
@Suite struct ChainTests {
  private func rendered(
    _ text: String, files: [String: String] = [:], environment: [String: String] = [:], _ adjust: (inout LoadRequest) -> Void = { _ in }
  ) -> String {
    DiagnosticRenderer(style: .plain).render(load(text, files: files, environment: environment, adjust).diagnostics)
  }

  private static let ports = "services:\n  web:\n    image: x\n    ports: [\"${PORT:-http}:80\"]\n"

  @Test func aVariableOfDotEnv() {
    #expect(
      rendered(Self.ports, files: ["/shop/.env": "# ports\nexport PORT=abc\n"]) == """
        compose.yaml:4:13: error: service "web": the port "abc:80" has "abc" where a port is expected [MU0405]
            4 |     ports: ["${PORT:-http}:80"]
              |             ^~~~~~~~~~~~~~~~~~
              = note: .env:2:8: the variable PORT is set here
              = ports are numbers from 1 to 65535

        """)
  }

  @Test func aVariableOfTheEnvironment() {
    #expect(
      rendered(Self.ports, files: ["/shop/.env": "PORT=1"], environment: ["PORT": "abc"]) == """
        compose.yaml:4:13: error: service "web": the port "abc:80" has "abc" where a port is expected [MU0405]
            4 |     ports: ["${PORT:-http}:80"]
              |             ^~~~~~~~~~~~~~~~~~
              = note: the variable PORT comes from the environment
              = ports are numbers from 1 to 65535

        """)
  }

  @Test func aDefault() {
    #expect(
      rendered(Self.ports) == """
        compose.yaml:4:13: error: service "web": the port "http:80" has "http" where a port is expected [MU0405]
            4 |     ports: ["${PORT:-http}:80"]
              |             ^~~~~~~~~~~~~~~~~~
              = note: the variable PORT is not set, so its default stands
              = ports are numbers from 1 to 65535

        """)
  }

  @Test func aDefaultOfAnEmptyVariable() {
    #expect(
      rendered(Self.ports, files: ["/shop/a.env": "PORT="]) { $0.envFiles = ["a.env"] }.contains(
        "= note: a.env:1:1: the variable PORT is empty, so its default stands\n"))
  }

  @Test func aRequiredVariableThatIsEmpty() {
    #expect(
      rendered("services: {web: {image: \"x:${TAG:?which one}\"}}\n", files: ["/shop/.env": "\nTAG=\n"]) == """
        compose.yaml:1:25: error: the variable TAG must be set: which one [MU0202]
            1 | services: {web: {image: "x:${TAG:?which one}"}}
              |                         ^~~~~~~~~~~~~~~~~~~~~
              = note: .env:2:1: the variable TAG is set here
              = set TAG in the environment or in the .env file

        """)
  }

  @Test func anExtendedService() {
    #expect(
      rendered("services:\n  web:\n    extends: base\n  base:\n    image: x\n    mem_limit: lots\n") == """
        compose.yaml:6:16: error: service "web": mem_limit "lots" is not a size [MU0305]
            6 |     mem_limit: lots
              |                ^~~~
              = note: compose.yaml:3:14: service "web" extends "base" here
              = write it as 512m or 2g
        compose.yaml:6:16: error: service "base": mem_limit "lots" is not a size [MU0305]
            6 |     mem_limit: lots
              |                ^~~~
              = write it as 512m or 2g

        """)
  }

  /// From the value outwards: the variable, the nearest extends, the next one, the include.
  @Test func allTogether() {
    #expect(
      rendered(
        "include:\n  - sub/compose.yaml\n",
        files: [
          "/shop/sub/compose.yaml": "services:\n  web:\n    extends: {file: base.yaml, service: middle}\n",
          "/shop/sub/base.yaml": "services:\n  middle: {extends: base}\n  base:\n    image: x\n    mem_limit: $LIMIT\n",
          "/shop/sub/.env": "LIMIT=lots",
        ]) == """
          sub/base.yaml:5:16: error: service "web": mem_limit "lots" is not a size [MU0305]
              5 |     mem_limit: $LIMIT
                |                ^~~~~~
                = note: sub/.env:1:1: the variable LIMIT is set here
                = note: sub/base.yaml:2:21: service "middle" extends "base" here
                = note: sub/compose.yaml:3:41: service "web" extends "middle" here
                = note: compose.yaml:2:5: included here
                = write it as 512m or 2g

          """)
  }

  /// An unknown key knows its way too, and so does an environment file that cannot be read.
  @Test func keysAndEnvironmentFiles() {
    #expect(
      rendered(
        "services:\n  web:\n    extends: {file: base.yaml, service: base}\n",
        files: [
          "/shop/base.yaml": "services:\n  base:\n    image: x\n    imge: y\n    env_file: e.env\n", "/shop/e.env": "PASSWORD='secret\n",
        ]) == """
          base.yaml:4:5: error: service "web": the key "imge" is not known [MU0301]
              4 |     imge: y
                |     ^~~~
                = note: compose.yaml:3:41: service "web" extends "base" here
                = did you mean "image"?
          e.env:1:10: error: the value is not closed by ' [MU0204]
             = note: compose.yaml:3:41: service "web" extends "base" here

          """)
  }

  /// No note shows what a variable holds.
  @Test func valuesStayHidden() {
    let text = rendered(
      "services: {web: {image: x, tty: \"${TOKEN:+yes please}\", environment: {A: \"$TOKEN\"}}}\n", files: ["/shop/.env": "TOKEN=hush"])
    #expect(text.contains("the variable TOKEN is set here, so what is after + stands"))
    #expect(!text.contains("hush"))
  }

  @Test func aProjectNameOfAFile() {
    #expect(
      rendered("services: {web: {image: x}}\n", files: ["/shop/.env": "A=1\nCOMPOSE_PROJECT_NAME=A b"]) == """
        .env:2:1: error: "A b" is not a project name: it has lower-case letters, digits, '-' and '_', and starts with a letter or digit [MU0408]
           = "ab" would be one

        """)
  }
}
