import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// Disks that fail, keys that are gone: told, and what runs goes on with what it has.
  @Suite struct SecretDamage {
    private static let stack = """
      services:
        app: { image: busybox, init: true, command: sleep 1000, secrets: [db, mail] }
      secrets: { db: { external: true }, mail: { external: true } }
      """

    @Test func aFlippedBitIsToldAndNotUsed() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("secret", "create", "db", "-", input: "whole")
        try await stage("secret", "create", "mail", "-", input: "other")
        try await stage("up", "--detach")
        let record = stage.muster.root + "/secrets/db@1"
        var bytes = try readFile(record)
        bytes[bytes.count - 3] ^= 4
        try writeFile(record, bytes, mode: 0o600)
        for restarts in [false, true] {
          if restarts { #expect(await stage.muster.endEngine(SIGKILL)) }
          let refused = try await stage.attempt("up", "--detach")
          #expect(refused.status == 1 && refused.errors.contains("version 1 of the secret \"db\" was changed on disk"), "\(refused)")
          #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == "whole", "what runs keeps what it has")
          #expect(try await stage("secret", "inspect", "mail").output.contains("Damage") == false)
          #expect(try await stage("secret", "inspect", "db").output.contains("was changed on disk"))
        }
        try await stage("secret", "rotate", "db", "-", input: "again")
        #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == "again")
        try await stage("up", "--detach")
      }
    }

    @Test func aKeyThatIsGoneStopsOnlyWhatNeedsIt() async throws {
      try await Stage.play(Self.stack) { stage in
        try await stage("secret", "create", "db", "-", input: "whole")
        try await stage("secret", "create", "mail", "-", input: "other")
        try await stage("up", "--detach")
        #expect(await stage.muster.endEngine(SIGTERM))
        let key = stage.muster.root + "/secret.key"
        rename(key, key + ".away")
        let refused = try await stage.attempt("secret", "ls")
        #expect(refused.status == 1 && refused.errors.contains("secret.key is missing"), "\(refused)")
        #expect(!exists(key), "a new key was made")
        #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == "whole")
        #expect(try await stage.containers()["shop-app-1"]?.State == "running")
        try writeFile(key, [UInt8](repeating: 7, count: 32), mode: 0o600)
        #expect(try await stage.attempt("up", "--detach").errors.contains("is not the key of the secrets"))
        try writeFile(key, readFile(key + ".away"), mode: 0o644)
        #expect(try await stage.attempt("up", "--detach").errors.contains("can be read by others"))
        chmod(key, 0o600)
        try await stage("up", "--detach")
        unlink(key + ".away")
      }
    }

    @Test func aFullDiskLeavesTheOldValue() async throws {
      try await Stage.play(Self.stack) { stage in
        let store = stage.muster.root + "/secrets"
        try makeDirectories(store)
        try await run("mount", "-t", "tmpfs", "-o", "size=128k,mode=700", "tmpfs", store).expect()
        do {
          try await stage("secret", "create", "db", "-", input: "whole")
          try await stage("secret", "create", "mail", "-", input: "other")
          try await stage("up", "--detach")
          _ = try await run("dd", "if=/dev/zero", "of=\(store)/filler", "bs=1k", "count=200")
          let refused = try await stage.attempt("secret", "rotate", "db", "compose.yaml")
          #expect(refused.status == 1, "\(refused)")
          #expect(refused.errors.contains("\"db\" could not be written: No space left on device"), "\(refused)")
          let key = try await stage.attempt("secret", "rotate-key")
          #expect(key.status == 1 && key.errors.contains("No space left"), "\(key)")
          for restarts in [false, true] {
            if restarts { #expect(await stage.muster.endEngine(SIGKILL)) }
            #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == "whole")
            try await stage("up", "--detach", "--force-recreate", "--timeout", "0")
            #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == "whole")
          }
          unlink(store + "/filler")
          try await stage("secret", "rotate", "db", "-", input: "after")
          try await stage("secret", "rotate-key")
          #expect(try await stage("exec", "-T", "app", "cat", "/run/secrets/db").output == "after")
          try await stage("down", "--timeout", "0")
          #expect(await stage.muster.endEngine(SIGTERM))
          try await run("umount", store).expect()
        } catch {
          _ = try await run("umount", "--lazy", store)
          throw error
        }
      }
    }
  }
}
