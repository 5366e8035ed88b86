import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// Files of secrets that other tools have encrypted.
  @Suite struct EncryptedFiles {
    private static let stack = """
      services:
        app: { image: busybox, init: true, command: sleep 1000, secrets: [db] }
      secrets: { db: { file: ./db.age } }
      """

    /// K12, with the real `age`: binary and armored, a wrong identity, none, and one that others can read.
    @Test func age() async throws {
      let value = "canary-age-\(UInt64.random(in: 0 ... .max))"
      try await Stage.play(Self.stack) { stage in
        let identity = stage.muster.root + "/age.key"
        try await run("age-keygen", "-o", identity).expect()
        let recipient = String(try await run("age-keygen", "-y", identity).expect().output.dropLast())
        try stage.write("plain", value)
        let file = stage.directory + "/db.age"
        for arguments in [["--armor"], []] {
          try await run(["age", "--recipient", recipient, "--output", file] + arguments + [stage.directory + "/plain"]).expect()
          #expect(!(try await run("grep", "-c", value, file).output.hasPrefix("1")))
          try await stage("up", "--detach", "--timeout", "0")
          #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == value)
          #expect(try await stage("plan").output.contains("Nothing to do"), "the same value is no change")
          try await stage("down", "--timeout", "0")
        }
        unlink(stage.directory + "/plain")
        var said = [try await stage("up", "--detach")]
        // What the tools are given and what they leave: nothing in clear but on the container's tmpfs.
        try await stage.expectHidden([value], said: said)
        try await stage.expectForgotten([value])
        let left = try await run("grep", "--recursive", "--files-with-matches", "--fixed-strings", value, stage.directory)
        #expect(left.output.isEmpty, "\(left)")

        chmod(identity, 0o644)
        said = [try await stage("up", "--detach", "--force-recreate", status: 1)]
        #expect(said[0].errors.contains("can be read by others"), "\(said[0])")
        chmod(identity, 0o600)
        rename(identity, identity + ".away")
        said = [try await stage("plan", status: 1)]
        #expect(said[0].errors.contains("there is no identity in \(identity)"), "\(said[0])")
        try await run("age-keygen", "-o", identity).expect()
        said = [try await stage("plan", status: 1)]
        #expect(said[0].errors.contains("db.age could not be decrypted: age: error: no identity matched"), "\(said[0])")
        #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == value, "what runs keeps what it has")
        unlink(identity + ".away")
      }
    }

    /// With a program of that name that is none, since Debian has no package of it: what is called, and what becomes of the answers.
    @Test func sops() async throws {
      let sealed = "{\"data\": \"ENC[AES256_GCM,data:aGk=,iv:eA==,tag:eA==,type:str]\", \"sops\": {\"mac\": \"ENC[AES256_GCM,data:x]\"}}\n"
      let tools = try TemporaryDirectory("sops")
      let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
      let stack = Self.stack.replacing("db.age", with: "db.json")
      try await Stage.play(stack, files: ["db.json": sealed], environment: ["PATH": "\(tools.path):\(path)"]) { stage in
        func tool(_ body: String) throws { try writeFile(tools("sops"), Array("#!/bin/sh\n\(body)\n".utf8), mode: 0o755) }
        if try await run("sh", "-c", "command -v sops").status != 0 {
          let missing = try await stage("up", "--detach", status: 1)
          #expect(missing.errors.contains("is encrypted with sops, and this machine has no program \"sops\""), "\(missing)")
        }
        try tool("[ \"$*\" = \"--decrypt \(stage.directory)/db.json\" ] && printf 'from sops'")
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == "from sops")
        try tool("echo 'no key could decrypt the data' >&2; exit 128")
        let refused = try await stage("plan", status: 1)
        #expect(refused.errors.contains("db.json could not be decrypted: no key could decrypt the data"), "\(refused)")
        try tool("head -c 1048577 /dev/zero")
        #expect(try await stage("plan", status: 1).errors.contains("the content is larger than 1 MiB"))
      }
    }
  }
}
