import Glibc
import ImageStore
import LinuxKit
import OCI
import Testing

/// S28, S29: the shapes by which archives have left their directory in other programs (containerd's list of 34), each as it is and over a
/// layer whose own names all lead outside.
@Suite struct BreakoutTests {
  /// What must become of a shape that stands alone.
  enum Outcome: Sendable {
    case refused
    /// These files of the image's root have these contents; nil: they are not there.
    case files([String: String?])
    /// Two names of one file, the second one's links followed inside the root.
    case same(String, String)
    case different(String, String)
  }

  struct Shape: Sendable, CustomTestStringConvertible {
    var name: String
    /// A layer below, when there is one.
    var base: (@Sendable (inout TarBuilder) -> Void)?
    var layer: @Sendable (inout TarBuilder, _ outside: String) -> Void
    var outcome: Outcome
    var testDescription: String { name }

    init(
      _ name: String, on base: (@Sendable (inout TarBuilder) -> Void)? = nil, _ outcome: Outcome,
      _ layer: @escaping @Sendable (inout TarBuilder, String) -> Void
    ) {
      self.name = name
      self.base = base
      self.layer = layer
      self.outcome = outcome
    }
  }

  private static let written = Outcome.files(["etc/unbroken": "unbroken"])
  private static let linked = Outcome.same("localpasswd", "etc/passwd")
  private static let users: @Sendable (inout TarBuilder) -> Void = {
    $0.directory("etc")
    $0.file("etc/passwd", "inside")
  }
  private static let usersAndLink: @Sendable (inout TarBuilder) -> Void = {
    users(&$0)
    $0.file("etc/whitedout", "gone soon")
    $0.symlink("localetc", "/etc")
  }

  static let shapes: [Shape] = [
    Shape("symlink, absolute", written) { tar, _ in
      tar.directory("etc")
      tar.symlink("localetc", "/etc")
      tar.file("/localetc/unbroken", "unbroken")
    },
    Shape("symlink, up and out", written) { tar, _ in
      tar.directory("etc")
      tar.directory("dummy")
      tar.symlink("localetc", "/dummy/../etc")
      tar.file("/localetc/unbroken", "unbroken")
    },
    Shape("symlinks, absolute", written) { tar, _ in
      tar.directory("etc")
      tar.directory("dummy")
      tar.symlink("/dummy/etc", "/etc")
      tar.symlink("localetc", "/dummy/etc")
      tar.file("/dummy/etc/unbroken", "unbroken")
    },
    Shape("symlinks, relative", written) { tar, _ in
      tar.directory("etc")
      tar.directory("dummy")
      tar.symlink("/dummy/etc", "/etc")
      tar.symlink("localetc", "./dummy/etc")
      tar.file("/dummy/etc/unbroken", "unbroken")
    },
    Shape("symlink, a file emptied", .files(["etc/emptied": ""])) { tar, _ in
      tar.directory("etc")
      tar.file("etc/emptied", "not empty")
      tar.symlink("localetc", "/etc")
      tar.file("/localetc/emptied", "")
    },
    Shape("hard link, relative", .same("breakouts/mypasswd", "etc/passwd")) { tar, _ in
      users(&tar)
      tar.directory("breakouts")
      tar.symlink("breakouts/d1", "../../etc")
      tar.hardLink("breakouts/mypasswd", "/breakouts/d1/passwd")
    },
    Shape("hard link, down and out", .same("breakouts/mypasswd", "etc/passwd")) { tar, _ in
      users(&tar)
      tar.directory("breakouts")
      tar.directory("downandout")
      tar.symlink("breakouts/d1", "../downandout/../../etc")
      tar.hardLink("breakouts/mypasswd", "/breakouts/d1/passwd")
    },
    Shape("hard link, absolute", linked) { tar, _ in
      users(&tar)
      tar.symlink("localetc", "/etc")
      tar.hardLink("localpasswd", "/localetc/passwd")
    },
    Shape("hard link, relative and long", linked) { tar, _ in
      users(&tar)
      tar.symlink("localetc", "../../../../../../../etc")
      tar.hardLink("localpasswd", "/localetc/passwd")
    },
    // The directory that the link goes up from does not exist.
    Shape("hard link, relative up and out", .refused) { tar, _ in
      users(&tar)
      tar.symlink("localetc", "upandout/../../../etc")
      tar.hardLink("localpasswd", "/localetc/passwd")
    },
    Shape("hard link, direct and relative", .refused) { tar, _ in
      users(&tar)
      tar.hardLink("localpasswd", "../../../../../etc/passwd")
    },
    Shape("hard link, direct and absolute", linked) { tar, _ in
      users(&tar)
      tar.hardLink("localpasswd", "/etc/passwd")
    },
    Shape("symlink named ..", .refused) { tar, _ in
      users(&tar)
      tar.symlink("..", "/etc/")
      tar.hardLink("localpasswd", "/etc/passwd")
    },
    Shape("symlink without a name", .refused) { tar, _ in
      users(&tar)
      tar.symlink("", "/etc/")
      tar.hardLink("localpasswd", "/etc/passwd")
    },
    Shape("symlink in the place of a parent", .same("localetc/localpasswd", "etc/passwd")) { tar, _ in
      users(&tar)
      tar.symlink("localetc/sub/..", "/etc/")
      tar.hardLink("/localetc/localpasswd", "/etc/passwd")
    },
    Shape("a directory with a slash", .same("localetc/localpasswd", "etc/passwd")) { tar, _ in
      users(&tar)
      tar.directory("localetc/")
      tar.hardLink("/localetc/localpasswd", "/etc/passwd")
    },
    Shape(
      "symlink over a directory",
      on: {
        users(&$0)
        $0.directory("localetc")
      }, .files(["etc/localpasswd": "other", "etc/passwd": "inside"])
    ) { tar, _ in
      tar.symlink("localetc", "/etc")
      tar.file("/localetc/localpasswd", "other")
    },
    Shape(
      "relative symlink over a directory",
      on: {
        users(&$0)
        $0.directory("localetc")
      }, .files(["etc/localpasswd": "other", "etc/passwd": "inside"])
    ) { tar, _ in
      tar.symlink("localetc", "../../etc")
      tar.file("/localetc/localpasswd", "other")
    },
    Shape("directory over a symlink", on: usersAndLink, .files(["localetc/localpasswd": "other", "etc/localpasswd": nil])) { tar, _ in
      tar.directory("/localetc/")
      tar.file("/localetc/localpasswd", "other")
    },
    Shape("directory over a symlink, and a hard link", on: usersAndLink, .different("localetc/localpasswd", "etc/passwd")) { tar, _ in
      tar.directory("/localetc/")
      tar.file("/localetc/localpasswd", "different")
    },
    Shape("whiteout of the root's parent", on: users, .refused) { tar, _ in tar.file(".wh...", "") },
    Shape("whiteout of a parent", on: users, .refused) { tar, _ in tar.file("etc/.wh...", "") },
    Shape("whiteout of the root", on: users, .refused) { tar, _ in tar.file(".wh..", "") },
    Shape("whiteout of the directory itself", on: users, .refused) { tar, _ in tar.file("etc/.wh..", "") },
    Shape("whiteout of a symlink", on: usersAndLink, .files(["etc/passwd": "inside", "localetc/passwd": nil])) { tar, _ in
      tar.file(".wh.localetc", "")
    },
    // A layer's names are its own: a link of the layer below is no way into it.
    Shape("whiteout through a symlink", on: usersAndLink, .files(["etc/passwd": "inside", "etc/whitedout": "gone soon"])) { tar, _ in
      tar.file("localetc/.wh.whitedout", "")
    },
    Shape("whiteout's name on a directory", on: usersAndLink, .files(["etc/passwd": "inside", ".wh.etc/somefile": "not empty"])) { tar, _ in
      tar.file(".wh.etc/somefile", "not empty")
    },
    Shape(
      "whiteout below a dead symlink",
      on: {
        users(&$0)
        $0.symlink("localetc", "/dne")
      }, .files(["etc/passwd": "inside"])
    ) { tar, _ in tar.file("localetc/.wh.etc", "") },
    Shape("whiteout by a way around", on: users, .files(["etc/passwd": nil])) { tar, _ in tar.file("dne/../.wh.etc", "") },
    Shape("hard link to a symlink whose target comes later", .same("localpasswd-dup", "etc/passwd")) { tar, _ in
      tar.directory("etc")
      tar.symlink("localpasswd", "/etc/passwd")
      tar.hardLink("localpasswd-dup", "localpasswd")
      tar.file("/etc/passwd", "after")
    },
    Shape("hard link to a relative symlink", linked) { tar, _ in
      users(&tar)
      tar.symlink("passwdlink", "../../../../../etc/passwd")
      tar.hardLink("localpasswd", "/passwdlink")
    },
    Shape("hard link to an absolute symlink", linked) { tar, _ in
      users(&tar)
      tar.symlink("passwdlink", "/etc/passwd")
      tar.hardLink("localpasswd", "/passwdlink")
    },
    Shape("mode by a hard link to a symlink to the host", .files([:])) { tar, outside in
      tar.symlink("there", outside + "/secret")
      tar.hardLink("sketchy", "there")
      tar.entry("sketchy/", type: "5", mode: 0o777)
    },
    Shape("the first entry is a symlink for the root", .refused) { tar, outside in
      tar.symlink(".", outside)
      tar.file("secret", "written")
    },
  ]

  @Test func thereAreAllOfThem() { #expect(Self.shapes.count == 34) }

  @Test(arguments: shapes) func isContained(_ shape: Shape) async throws {
    let fixture = try StoreFixture()
    let before = try fixture.outsideState()
    let store = try fixture.open()
    let layers = (shape.base.map { [TarBuilder.make($0)] } ?? []) + [TarBuilder.make { shape.layer(&$0, fixture.outside) }]
    let image = try await imported(layers, fixture, store)
    #expect(try fixture.outsideState() == before)
    switch shape.outcome {
    case .refused:
      #expect(image == nil)
      #expect(try fixture.listing(fixture.images + "/temp").isEmpty && fixture.listing(fixture.images + "/layers").isEmpty)
    case .files(let files):
      let root = try fixture.view(try #require(image), store)
      for (path, text) in files {
        if let text {
          #expect(try root.read(path, limit: 100) == Array(text.utf8), "\(path)")
        } else {
          #expect(try !root.contains(path), "\(path)")
        }
      }
    case .same(let first, let second):
      let root = try fixture.view(try #require(image), store)
      #expect(try root.open(first, O_RDONLY).status().inode == root.open(second, O_RDONLY).status().inode)
    case .different(let first, let second):
      let root = try fixture.view(try #require(image), store)
      #expect(try root.open(first, O_RDONLY).status().inode != root.open(second, O_RDONLY).status().inode)
    }
  }

  /// The layer below has a link to the host for every name that the shapes use.
  @Test(arguments: shapes) func isContainedOverAHostileLayer(_ shape: Shape) async throws {
    let fixture = try StoreFixture()
    let before = try fixture.outsideState()
    let store = try fixture.open()
    let outside = fixture.outside
    let climb = String(repeating: "../", count: 12) + outside.dropFirst()
    let hostile = TarBuilder.make { tar in
      for name in ["etc", "localetc", "dummy", "breakouts", ".wh-etc"] { tar.symlink(name, outside) }
      for name in ["downandout", "upandout", "dne", "there"] { tar.symlink(name, climb) }
      for name in ["localpasswd", "localpasswd-dup", "passwdlink", "sketchy"] { tar.symlink(name, outside + "/secret") }
    }
    let layers = [hostile] + (shape.base.map { [TarBuilder.make($0)] } ?? []) + [TarBuilder.make { shape.layer(&$0, outside) }]
    if let image = try await imported(layers, fixture, store) {
      // Nothing that is in the root is the host's file, by whatever name.
      let root = try fixture.view(image, store)
      let secret = try Descriptor.open(outside + "/secret", O_RDONLY).status().inode
      for name in ["etc/passwd", "localpasswd", "breakouts/mypasswd", "sketchy", "there", "localetc/localpasswd"] {
        guard let found = try? root.open(name, O_RDONLY).status() else { continue }
        #expect(found.inode != secret, "\(name)")
      }
    }
    #expect(try fixture.outsideState() == before)
    #expect(try fixture.read("outside/secret") == "untouched")
  }

  /// The image of these layers; nil when it is refused.
  private func imported(_ layers: [[UInt8]], _ fixture: StoreFixture, _ store: ImageStore) async throws -> Image? {
    let path = try fixture.write("saved.tar", SavedImageTests.dockerArchive(layers))
    do {
      return try await store.importImages(path: path, reference: nil).images.first
    } catch is ImageStoreError { return nil }
  }
}
