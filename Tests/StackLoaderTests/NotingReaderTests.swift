import Testing

@testable import StackLoader

/// The digest is the same exactly when all that was read is.
@Suite struct NotingReaderTests {
  private static let files = [
    "/shop/compose.yaml": "services:\n  web: {image: busybox, env_file: [{path: a.env, required: false}]}\n",
    "/shop/.env": "A=1\n",
  ]

  private func digest(_ files: [String: String], with more: [String] = []) -> String {
    let reader = NotingReader(MemoryFiles(files: files))
    _ = loadStack(LoadRequest(currentDirectory: "/shop"), reader: reader)
    return reader.digest(with: more)
  }

  @Test func theSameFilesHaveTheSameDigest() {
    #expect(digest(Self.files) == digest(Self.files))
    #expect(digest(Self.files).utf8.count == 64)
  }

  @Test(arguments: [
    ("/shop/compose.yaml", "services:\n  web: {image: busybox:2, env_file: [{path: a.env, required: false}]}\n"), ("/shop/.env", "A=2\n"),
    ("/shop/a.env", "B=1\n"), ("/shop/compose.override.yaml", "services: {web: {init: true}}\n"),
  ])
  func whatChangesOrAppearsIsSeen(_ path: String, _ text: String) {
    #expect(digest(Self.files) != digest(Self.files.merging([path: text]) { $1 }))
  }

  @Test func whatGoesIsSeen() {
    var fewer = Self.files
    fewer["/shop/.env"] = nil
    #expect(digest(Self.files) != digest(fewer))
  }

  @Test func whatIsAddedCounts() {
    let all = [["a", "b"], ["ab"], ["a", "b", ""], ["b", "a"], []].map { digest(Self.files, with: $0) }
    #expect(Set(all).count == all.count)
  }
}
