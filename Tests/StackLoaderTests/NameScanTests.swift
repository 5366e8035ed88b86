import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// What can be said about a file's `name:` without reading it as YAML.
@Suite struct NameScanTests {
  @Test(arguments: [
    ("services:\n  web: {image: x}\nvolumes:\n", NameScan.Result.absent), ("# name: x\nservices:\n  name: x\n", .absent),
    ("named: x\nname-a: y\nservices: {}\n", .absent), ("services:\n- a\n", .absent), ("services: {}\r\nx-a: b\r\n", .absent),
    ("name: shop\nservices: {}\n", .alone(Array("name: shop\n".utf8))),
    ("# c\n\nname : shop\nx: 1", .alone(Array("\n\nname : shop\n".utf8))),
    ("name:\n  shop\n  x\nservices: {}\n", .alone(Array("name:\n  shop\n  x\n".utf8))), ("name", .alone(Array("name".utf8))),
    ("services: {}\nname: shop\n", .unclear), ("x: \"a\nname: b\"\n", .unclear), ("{name: x}\n", .unclear), ("\"name\": x\n", .unclear),
    ("  name: x\n", .unclear), ("a: 1\n---\n  name: x\n", .unclear), ("a: 1\rname: x\n", .unclear), ("a: 1\u{2028}name: x\n", .unclear),
    ("name: *x\n", .unclear), ("", .unclear), ("<<: *x\n", .unclear),
  ])
  func scans(_ text: String, _ expected: NameScan.Result) { #expect(NameScan.scan(Array(text.utf8)) == expected) }

  /// The name comes out the same, and its place too, however it has to be found.
  @Test(arguments: [
    ("name: shop-2\nservices: {web: {image: x}}\n", "shop-2"), ("\u{FEFF}# c\n\nname: shop-2\nservices: {web: {image: x}}\n", "shop-2"),
    ("services: {web: {image: x}}\nname: shop-2\n", "shop-2"), ("{name: shop-2, services: {web: {image: x}}}", "shop-2"),
    ("x-a: \"b\nname: c\"\nservices: {web: {image: x}}\n", "shop"), ("name: \"a\nb\"\nservices: {web: {image: x}}\n", "ab"),
    ("x-n: &n shop-2\nname: *n\nservices: {web: {image: x}}\n", "shop-2"),
    ("name: one\nservices: {web: {image: x}}\n---\nname: two\n", "two"),
  ])
  func names(_ text: String, _ expected: String) { #expect(load(text).value?.stack.name.rawValue == expected) }

  @Test func places() {
    #expect(
      lines(load("# c\n\nname: $A\nservices: {web: {image: x}}\n", environment: ["A": "!"])).first?.hasPrefix(
        "compose.yaml:3:7: error MU0408") == true)
  }
}
