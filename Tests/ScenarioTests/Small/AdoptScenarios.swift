import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// `muster secret adopt`, from a password in the stack file to a file in the container.
  @Suite struct Adopting {
    private static func stack(_ value: String) -> String {
      """
      services:
        db:
          image: mysql:8
          init: true
          command: sleep 1000
          environment:
            MYSQL_ROOT_PASSWORD: \(value) # for now
            MYSQL_DATABASE: shop
        app:
          image: busybox
          environment: [API_TOKEN=\(value)-app]

      """
    }

    @Test func theLinterMakesSecretsOfPasswords() async throws {
      let value = "canary-fix-\(UInt64.random(in: 0 ... .max))"
      try await Stage.play(Self.stack(value)) { stage in
        try await TinyImage.write(to: stage.directory + "/../mysql.tar")
        try await stage("image", "import", stage.directory + "/../mysql.tar", "mysql:8")
        let safe = try await stage.attempt("check", "--fix")
        #expect(safe.output.contains("MU0601"))
        #expect(try readText(stage.directory + "/compose.yaml").contains(value))
        let fixed = try await stage.attempt("check", "--fix", "--unsafe-fixes")
        #expect(fixed.output.contains("MYSQL_ROOT_PASSWORD: now the secret"), "\(fixed)")
        #expect(fixed.errors.contains("not fixed: services.app") || fixed.errors.contains("not fixed: service \"app\""), "\(fixed)")
        #expect(!fixed.output.contains(value) && !fixed.errors.contains(value))
        let text = try readText(stage.directory + "/compose.yaml")
        #expect(text.contains("MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password # for now"), "\(text)")
        // Nothing is known of a file that busybox would take.
        #expect(text.contains("API_TOKEN=\(value)-app"))
        try await stage("up", "--detach", "db")
        #expect(try await stage("exec", "-T", "db", "sh", "-c", "cat $MYSQL_ROOT_PASSWORD_FILE").output == value)
        try await stage("down", "--timeout", "0")
        for name in try await stage("secret", "ls", "-q").output.split(separator: "\n") { try await stage("secret", "rm", String(name)) }
      }
    }

    @Test func aPasswordBecomesASecret() async throws {
      let value = "canary-adopt-\(UInt64.random(in: 0 ... .max))"
      try await Stage.play(Self.stack(value)) { stage in
        try await TinyImage.write(to: stage.directory + "/../mysql.tar")
        try await stage("image", "import", stage.directory + "/../mysql.tar", "mysql:8")
        var said = [try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD", "--dry-run")]
        #expect(said[0].output.contains("-      MYSQL_ROOT_PASSWORD: *** # for now\n"), "\(said[0])")
        #expect(said[0].output.contains("+      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/mysql_root_password # for now\n"))
        #expect(try readText(stage.directory + "/compose.yaml") == Self.stack(value), "a dry run wrote")
        #expect(try await stage("secret", "ls", "-q").output.isEmpty)

        said.append(try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD"))
        said.append(try await stage("secret", "adopt", "app", "API_TOKEN", status: 1))
        #expect(said[2].errors.contains("nothing is known of a variable in which the image busybox takes a file"), "\(said[2])")
        said.append(try await stage("secret", "adopt", "app", "API_TOKEN", "--wrapper", status: 1))
        #expect(said[3].errors.contains("neither the service nor its image says what to run"), "\(said[3])")
        let before = try readText(stage.directory + "/compose.yaml")
        try stage.write(
          "compose.yaml",
          before.replacing(
            "    image: busybox\n",
            with:
              "    image: busybox\n    command: [\"sh\", \"-c\", \"echo got $$API_TOKEN_FILE $${#API_TOKEN}; trap exit TERM; while :; do sleep 0.1; done\"]\n"
          ))
        chmod(stage.directory + "/compose.yaml", 0o640)
        said.append(try await stage("secret", "adopt", "app", "API_TOKEN", "--wrapper", "--file", "private"))
        #expect(said[4].errors.contains("root reads it in /proc/PID/environ"), "\(said[4])")
        var status = stat()
        #expect(stat(stage.directory + "/private/api_token", &status) == 0 && status.st_mode & 0o7777 == 0o600)
        #expect(try readText(stage.directory + "/private/api_token") == value + "-app")

        let text = try readText(stage.directory + "/compose.yaml")
        #expect(!text.contains(value) && text.contains("# for now"), "\(text)")
        #expect(stat(stage.directory + "/compose.yaml", &status) == 0 && status.st_mode & 0o7777 == 0o640)
        said.append(try await stage("up", "--detach"))
        #expect(try await stage("exec", "-T", "db", "sh", "-c", "cat $MYSQL_ROOT_PASSWORD_FILE").output == value)
        let logs = try await eventually {
          try await stage("logs", "app").output
        } until: {
          $0.contains("got")
        }
        #expect(logs.contains("got \((value + "-app").utf8.count)"), "\(logs)")
        let again = try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD", status: 1)
        #expect(again.errors.contains("the service has no such variable"), "\(again)")
        #expect(names(in: stage.directory).filter { $0.hasPrefix(".") }.isEmpty, "left: \(names(in: stage.directory))")

        // The wrapper says that its program's environment has the value; nothing else has it.
        try await stage("stop", "--timeout", "0", "app")
        try await stage.expectHidden([value], said: said)
        try await stage.expectForgotten([value])
      }
    }

    /// A name that the store has already: nothing is changed.
    @Test func whatCannotBeKeptIsNotTakenOut() async throws {
      let stack = Self.stack("hunter2-short")
      try await Stage.play(stack) { stage in
        try await stage("secret", "create", "shop_mysql_root_password", "-", input: "another")
        let refused = try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD", status: 1)
        #expect(refused.errors.contains("already") && !refused.errors.contains("hunter2"), "\(refused)")
        #expect(try readText(stage.directory + "/compose.yaml") == stack)
        chmod(stage.directory + "/compose.yaml", 0o444)
        let readOnly = try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD", "--name", "root", status: 1)
        #expect(readOnly.errors.contains("read-only"), "\(readOnly)")
        #expect(try await stage("secret", "ls", "-q").lines.count == 1, "a secret was left")
        chmod(stage.directory + "/compose.yaml", 0o644)
        try await stage("secret", "adopt", "db", "MYSQL_ROOT_PASSWORD", "--name", "root")
        #expect(try readText(stage.directory + "/compose.yaml").contains("name: shop_root"))
      }
    }
  }
}
