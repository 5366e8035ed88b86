import FoundationEssentials
import TestSupport

/// A WordPress as a person's browser sees it.
struct Blog: Sendable {
  let address: String
  private let browser: Browser
  static let user = "editor"
  static let password = "a password of the blog's editor, not the stack's"

  init(address: String) throws {
    self.address = address
    browser = try Browser()
  }

  func page(_ path: String) async throws -> Response { try await browser.open(address + path) }

  /// Whether it asks to be installed, as a WordPress on an empty database does.
  func asksForInstallation() async throws -> Bool {
    try await page("/").location.hasSuffix("/wp-admin/install.php")
  }

  /// Fills the installation form in, as WordPress shows it, and sends it.
  func install(title: String) async throws {
    let form = try await page("/wp-admin/install.php")
    for field in ["weblog_title", "user_name", "admin_password", "admin_email"] {
      guard form.body.contains("name=\"\(field)\"") else { throw UnexpectedPage("the form has no \(field)", form) }
    }
    let answer = try await browser.open(
      address + "/wp-admin/install.php?step=2",
      form: [
        ("weblog_title", title), ("user_name", Self.user), ("admin_password", Self.password), ("admin_password2", Self.password),
        ("pw_weak", "on"), ("admin_email", "editor@example.org"), ("blog_public", "0"), ("language", ""), ("Submit", "Install WordPress"),
      ])
    guard answer.body.contains("<h1>Success!</h1>") else { throw UnexpectedPage("the installation did not succeed", answer) }
  }

  /// Logs in, publishes a post, and returns the address that WordPress gave it.
  func publish(title: String, content: String) async throws -> String {
    _ = try await page("/wp-login.php")
    let login = try await browser.open(address + "/wp-login.php", form: [("log", Self.user), ("pwd", Self.password), ("testcookie", "1")])
    guard login.status == 302, login.location.contains("/wp-admin") else { throw UnexpectedPage("no login", login) }
    let nonce = try await page("/wp-admin/admin-ajax.php?action=rest-nonce")
    let answer = try await browser.open(
      address + "/?rest_route=/wp/v2/posts", form: [("title", title), ("content", content), ("status", "publish")],
      headers: ["X-WP-Nonce: \(nonce.body)"])
    guard answer.status == 201 else { throw UnexpectedPage("not published", answer) }
    struct Post: Decodable { var link: String }
    return try JSONDecoder().decode(Post.self, from: Data(answer.body.utf8)).link
  }
}

/// WordPress showed something else.
struct UnexpectedPage: Error, CustomStringConvertible {
  let description: String
  init(_ reason: String, _ page: Response) { description = "\(reason): \(page)" }
}
