import OCI
import Testing

@Suite struct SearchTermTests {
  @Test(arguments: [
    ("debian", "docker.io", "debian"), ("library/debian", "docker.io", "debian"), ("team/web", "docker.io", "team/web"),
    ("docker.io/library/debian", "docker.io", "debian"), ("index.docker.io/web", "docker.io", "web"),
    ("localhost/web", "localhost", "web"), ("127.0.0.1:5000/", "127.0.0.1:5000", ""), ("[::1]:5000/a/b", "[::1]:5000", "a/b"),
    ("registry.example.com/team/web", "registry.example.com", "team/web"), ("a.b", "docker.io", "a.b"),
    ("two words", "docker.io", "two words"), ("Upper", "docker.io", "Upper"),
  ])
  func aHostBeforeTheFirstSlashIsAsked(written: String, registry: String, text: String) throws {
    let term = try SearchTerm(written)
    #expect(term.registry == registry && term.text == text)
  }

  @Test(arguments: [
    "", "library/", "docker.io/", "https://registry.example.com/web", "-x.example/web", "h:port/web", "h:99999/web", "a.b@c/d",
    String(repeating: "x", count: 256),
  ])
  func whatIsNoneIsRefused(written: String) {
    #expect(throws: ImageReferenceError.self) { try SearchTerm(written) }
  }
}
