import OCI
import Testing

@Suite struct ImageReferenceTests {
  static let hex = String(repeating: "ab", count: 32)

  @Test(arguments: [
    ("debian", "docker.io/library/debian", "debian"),
    ("debian:bookworm", "docker.io/library/debian:bookworm", "debian:bookworm"),
    ("docker.io/debian", "docker.io/library/debian", "debian"),
    ("index.docker.io/library/debian:12", "docker.io/library/debian:12", "debian:12"),
    ("bitnami/redis", "docker.io/bitnami/redis", "bitnami/redis"),
    ("localhost/x", "localhost/x", "localhost/x"),
    ("localhost:5000/a/b:v1.2-rc_3", "localhost:5000/a/b:v1.2-rc_3", "localhost:5000/a/b:v1.2-rc_3"),
    ("ghcr.io/o/p", "ghcr.io/o/p", "ghcr.io/o/p"),
    ("[::1]:5000/x", "[::1]:5000/x", "[::1]:5000/x"),
    ("a__b/c---d/e.f_g", "docker.io/a__b/c---d/e.f_g", "a__b/c---d/e.f_g"),
    ("Host/x", "Host/x", "Host/x"),
    ("debian:1@sha256:\(hex)", "docker.io/library/debian:1@sha256:\(hex)", "debian:1@sha256:\(hex)"),
  ])
  func normalises(text: String, canonical: String, familiar: String) throws {
    let reference = try ImageReference(text)
    #expect(reference.canonical == canonical)
    #expect(reference.familiar == familiar)
    #expect(try ImageReference(reference.canonical) == reference)
    #expect(try ImageReference(reference.familiar) == reference)
  }

  @Test(arguments: [
    "", ":x", "Debian", "a//b", "/a", "a/", "a:", "a:.x", "a:-x", "a b", "a..b", "a___b", "a-", "-a", "a@sha256:00", "a@md5:00", "é",
    "host:99999/x", "host:/x", "-h.x/y", "[::1/x", "a:\u{0}", "../../x", hex, "x/" + String(repeating: "a", count: 300),
    "a:" + String(repeating: "t", count: 129),
  ])
  func refuses(text: String) {
    #expect(throws: ImageReferenceError.self) { try ImageReference(text) }
  }

  @Test func latestOnlyWithoutTagAndDigest() throws {
    #expect(try ImageReference("x").orLatest.tag == "latest")
    #expect(try ImageReference("x:1").orLatest.tag == "1")
    #expect(try ImageReference("x@sha256:\(Self.hex)").orLatest.tag == nil)
  }
}

@Suite struct PlatformTests {
  @Test(arguments: [
    ("linux/amd64", "linux/amd64"), ("linux/x86_64", "linux/amd64"), ("linux/arm64/v8", "linux/arm64"), ("linux/arm/v7", "linux/arm/v7"),
  ])
  func normalises(text: String, expected: String) { #expect(Platform(text)?.description == expected) }

  @Test(arguments: ["", "linux", "linux/", "/amd64", "a/b/c/d"])
  func refuses(text: String) { #expect(Platform(text) == nil) }
}
