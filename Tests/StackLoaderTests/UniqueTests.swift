import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// What later versions of Compose hold to be the same thing in two files, and 2.26.1 did not.
@Suite struct UniqueTests {
  /// The texts, or targets, of one list after merging.
  private func merged(_ key: String, _ first: String, _ second: String) throws -> [String] {
    let loaded = load(
      "services:\n  web:\n    image: x\n    \(key): \(first)\n",
      files: ["/shop/compose.override.yaml": "services:\n  web:\n    \(key): \(second)\n"])
    let value = try #require(loaded.value, "\(lines(loaded))")
    let list = value.model["services"]?["web"]?[key]?.sequence ?? []
    return list.compactMap { $0.text ?? $0["source"]?.text }
  }

  @Test(arguments: [
    ("devices", "[\"/dev/a:/dev/x\"]", "[\"/dev/b:/dev/x\", /dev/c]", ["/dev/b:/dev/x", "/dev/c"]),
    ("devices", "[/dev/a]", "[{source: /dev/b, target: /dev/a}]", ["/dev/b"]),
    ("tmpfs", "[\"/a:size=1m\"]", "[\"/a:size=2m\"]", ["/a:size=2m"]),
    ("volumes", "[\"one:/x\"]", "[{type: bind, source: ./two, target: /x/}]", ["./two"]),
    ("volumes", "[/x, \"./a:/y\"]", "[\"./b:/y\"]", ["/x", "./b:/y"]),
    ("ports", "[\"[::1]:80:80\"]", "[{host_ip: \"::1\", published: 80, target: 80}, \"[::1]:80:80/udp\"]", ["[::1]:80:80/udp"]),
    ("ports", "[\"80\", \"8080:80\"]", "[80, \"0.0.0.0:8080:80/tcp\"]", ["80", "0.0.0.0:8080:80/tcp"]),
  ])
  func laterTakesThePlace(_ key: String, _ first: String, _ second: String, _ expected: [String]) throws {
    let top = try merged(key, first, second)
    #expect(top == expected)
  }
}
