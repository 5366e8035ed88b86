import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Who a process becomes, when the words for it are hostile (S11, S12) or the image's own files are (S13).
@Suite(.serialized) struct EscapeByIdentity {
  private static let passwd = """
    root:x:0:0::/root:/bin/sh
    app:x:1000:1000::/home:/bin/sh
    1:x:0:0:a name that is a number:/root:/bin/sh
    01:x:0:0::/root:/bin/sh
    +1:x:0:0::/root:/bin/sh
    -1:x:0:0::/root:/bin/sh
    4294967296:x:0:0::/root:/bin/sh
    9999:x:77:77::/:/bin/sh
    overflow:x:4294967296:0::/:/bin/sh
    negative:x:-1:0::/:/bin/sh
    signed:x:+0:0::/:/bin/sh
    blank:x::0::/:/bin/sh
    padded:x: 0:0::/:/bin/sh
    ٣:x:33:33::/:/bin/sh

    """
  private static let group =
    "root:x:0:\napp:x:1000:\nextra:x:2000:app,other\nmore:x:2001:x,app\nbad:x:-1:app\nhuge:x:4294967296:app\n7:x:0:app\n"

  @Test func s11Users() async throws {
    try await EngineOfOurOwn.attacked({
      $0.file("etc/passwd", Self.passwd)
      $0.file("etc/group", Self.group)
    }) { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s11", ["a": "exec sleep 1000"])).failures == [])
      /// nil: refused.
      let table: [(String, String?)] = [
        ("0", "0"), ("root", "0"), ("app", "1000"), ("1000", "1000"), ("1", "1"), ("2147483647", "2147483647"), ("9999", "9999"),
        // A name in the file that is no number for us is a name.
        ("2147483648", nil), ("4294967295", nil), ("4294967297", nil), ("9223372036854775808", nil), ("18446744073709551616", nil),
        ("0x0", nil), ("0b0", nil), ("1e0", nil), ("-0", nil), ("+0", nil), ("00", nil), ("000000000000", nil), (" 0", nil), ("0 ", nil),
        ("0\t", nil),
        ("0\n", nil), ("root ", nil), (" root", nil), ("Root", nil), ("ROOT", nil), ("root\n", nil), ("overflow", nil), ("negative", nil),
        ("signed", nil), ("blank", nil), ("padded", nil), ("٠", nil), ("０", nil), ("nobody", nil), ("*", nil), ("..", nil), ("/", nil),
        ("root\u{0}", nil), ("1:", "1"), (":1", "0"), ("app:0", "1000"), ("app:root", "1000"), ("1:1:1", nil), ("app:", "1000"),
        ("1:01", nil),
        ("1:-1", nil), ("1:4294967296", nil), ("1:nowhere", nil), ("0:0:0", nil), ("1::", nil), ("nobody:root", nil), (":", "0"),
        ("%d", nil),
        ("$UID", nil), ("1\r", nil), ("app\u{200b}", nil), ("á", nil), ("a:p:p", nil),
      ]
      var exact = 0
      for (user, expected) in table {
        let done = try await engine.exec("s11", "a", ["id", "-u"], user: user)
        if let expected {
          #expect(done.code == 0 && done.output == expected + "\n", "\(user.debugDescription): \(done)")
        } else {
          #expect(done.code != 0, "\(user.debugDescription): \(done)")
        }
        exact += 1
      }
      // Names that look like numbers to a lax reader: never root's number, though the image says so.
      for user in ["01", "+1", "-1", "4294967296", "٣"] {
        let done = try await engine.exec("s11", "a", ["id", "-u"], user: user)
        if done.code == 0 {
          // Found as a name, as Docker finds it: then the file's number is the image's own decision.
          #expect(done.output == (user == "٣" ? "33\n" : "0\n"), "\(user)")
        }
        exact += 1
      }
      print("escape S11: \(exact) of \(table.count + 5) as the table says")
    }
  }

  @Test func s12Groups() async throws {
    try await EngineOfOurOwn.attacked({
      $0.file("etc/passwd", Self.passwd)
      $0.file("etc/group", Self.group)
    }) { (engine) async throws in
      let table: [(user: String, add: [String], groups: Set<String>)] = [
        ("app", [], ["1000", "2000", "2001", "0"]), ("app:app", [], ["1000"]), ("app:2000", [], ["2000"]),
        ("1000", [], ["1000", "2000", "2001", "0"]),
        ("1000:1000", [], ["1000"]), ("4321", [], ["0"]), ("4321:4321", [], ["4321"]), ("4321:extra", [], ["2000"]), ("root", [], ["0"]),
        ("0:0", [], ["0"]), ("app:app", ["extra"], ["1000", "2000"]), ("app:app", ["7"], ["1000", "7"]),
        ("app:app", ["2000", "extra"], ["1000", "2000"]),
        ("4321:4321", ["99"], ["4321", "99"]), ("app", ["4711"], ["1000", "2000", "2001", "0", "4711"]), ("9999", [], ["0"]),
        ("root", ["app"], ["0", "1000"]), ("4321:4321", ["more", "extra"], ["4321", "2001", "2000"]), ("1:1", [], ["1"]),
        ("app:root", [], ["0"]),
      ]
      var stack = engine.hostile("s12", [:])
      for (index, row) in table.enumerated() {
        let name = ServiceName("g\(index)")
        var service = try #require(engine.hostile("s12", [name: "exec sleep 1000"]).services[name])
        service.options.user = row.user
        service.options.groups = row.add
        stack.services[name] = service
      }
      #expect(try await engine.up(stack).failures == [])
      for (index, row) in table.enumerated() {
        let name = ServiceName("g\(index)")
        for command in [["id", "-G"], ["sh", "-c", "grep ^Groups: /proc/1/status; grep ^Gid: /proc/1/status | cut -f2"]] {
          let done = try await engine.exec("s12", name, command)
          let groups = Set(done.output.split(whereSeparator: \.isWhitespace).map(String.init)).subtracting(["Groups:"])
          #expect(groups == row.groups, "\(row) \(command): \(done)")
        }
      }
    }
  }

  /// S13: files of accounts that are something else, or too long, lead nowhere; what the account is not needed for goes on.
  @Test func s13AccountFiles() async throws {
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let decoy = try DecoyTree()
      #expect(try await engine.up(engine.hostile("s13", ["a": "exec sleep 1000"])).failures == [])
      let shapes = [
        "ln -s \(decoy.path)/file", "ln -s ../../../../../../..\(decoy.path)/file", "ln -s /proc/self/environ",
        "ln -s /proc/1/root/etc/passwd",
        "ln -s /dev/zero", "mkfifo", "mkdir", "ln -s /proc/self/fd/0", "truncate -s 10G", "mknod -m 666 %s c 1 5; true", "ln -s /etc/%s",
      ]
      for file in ["passwd", "group"] {
        for shape in shapes {
          let make = shape.contains("%s") ? shape.replacing("%s", with: "/etc/\(file)") : "\(shape) /etc/\(file)"
          let made = try await engine.exec("s13", "a", ["sh", "-c", "rm -rf /etc/\(file); \(make)"], user: "0")
          #expect(made.code == 0, "\(shape): \(made)")
          let name = file == "passwd" ? "somebody" : "1000:somegroup"
          let done = try await engine.exec("s13", "a", ["id", "-u"], user: name)
          #expect(done.code != 0 && !done.output.contains("untouched"), "\(shape): \(done)")
        }
        _ = try await engine.exec("s13", "a", ["sh", "-c", "rm -rf /etc/\(file); touch /etc/\(file)"])
      }
      // Ten million groups, cut to what is bounded.
      _ = try await engine.exec(
        "s13", "a", ["sh", "-c", "echo app:x:1000:1000::/:/bin/sh >/etc/passwd; yes g:x:5:app | head -c 120000000 >/etc/group"])
      #expect(try await engine.exec("s13", "a", ["id", "-u"], user: "app").code != 0)
      #expect(try await engine.exec("s13", "a", ["id", "-u"], user: "1000:1000").output == "1000\n")
      #expect(try decoy.difference() == nil)
    }
  }
}
