import Glibc

/// A root file system of a static busybox and little else, for `muster image import`: containers without a build or a network.
///
/// - `/bin`: busybox and a link for each of its applets
/// - `/etc/passwd`, `/etc/group`: root, nobody (65534), app (1000, group app 1000, also in group extra 2000)
/// - `/srv/seed/one`, `/srv/seed/deep/two`: what a named volume on `/srv/seed` starts with; owned by app, mode 0640
/// - `/srv/mine`: empty, owned by app, mode 0750
/// - `/tmp`, mode 1777
public enum TinyImage {
  /// Writes the archive.
  public static func write(to path: String) async throws { try writeFile(path, try await archive().finished()) }

  /// The archive, to which a test may add.
  public static func archive() async throws -> TarWriter {
    let applets = try await run("/bin/busybox", "--list").expect().lines
    var archive = TarWriter()
    for directory in ["bin", "etc", "srv", "root", "run", "var", "usr", "home"] { archive.directory(directory) }
    archive.directory("tmp", mode: 0o1777)
    archive.file("bin/busybox", try readFile("/bin/busybox"), mode: 0o755)
    for applet in applets where applet != "busybox" { archive.link("bin/\(applet)", to: "busybox") }
    archive.file("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\napp:x:1000:1000::/home:/bin/sh\n")
    archive.file("etc/group", "root:x:0:\nnogroup:x:65534:\napp:x:1000:\nextra:x:2000:app\n")
    archive.directory("srv/seed", owner: 1000)
    archive.file("srv/seed/one", "first\n", mode: 0o640, owner: 1000)
    archive.directory("srv/seed/deep", owner: 1000)
    archive.directory("srv/mine", mode: 0o750, owner: 1000)
    archive.file("srv/seed/deep/two", "second\n", mode: 0o640, owner: 1000)
    return archive
  }
}

/// Writes an archive in the ustar format (POSIX.1-1988), names up to 100 bytes.
public struct TarWriter {
  private var bytes: [UInt8] = []

  public init() {}

  public mutating func directory(_ name: String, mode: Int = 0o755, owner: Int = 0) {
    header(name + "/", kind: "5", mode: mode, owner: owner, size: 0, target: "")
  }

  public mutating func link(_ name: String, to target: String) {
    header(name, kind: "2", mode: 0o777, owner: 0, size: 0, target: target)
  }

  public mutating func file(_ name: String, _ text: String, mode: Int = 0o644, owner: Int = 0) {
    file(name, Array(text.utf8), mode: mode, owner: owner)
  }

  public mutating func file(_ name: String, _ content: [UInt8], mode: Int = 0o644, owner: Int = 0) {
    header(name, kind: "0", mode: mode, owner: owner, size: content.count, target: "")
    bytes += content
    pad()
  }

  /// The whole archive, with the two empty blocks at its end.
  public func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  private mutating func pad() { bytes += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512) }

  private mutating func header(_ name: String, kind: Character, mode: Int, owner: Int, size: Int, target: String) {
    func octal(_ value: Int, _ width: Int) -> [UInt8] {
      let digits = String(value, radix: 8)
      return Array((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8) + [0]
    }
    func text(_ value: String, _ width: Int) -> [UInt8] {
      precondition(value.utf8.count <= width, "\(value): too long for a ustar header")
      return Array(value.utf8) + [UInt8](repeating: 0, count: width - value.utf8.count)
    }
    var block = text(name, 100) + octal(mode, 8) + octal(owner, 8) + octal(owner, 8) + octal(size, 12) + octal(0, 12)
    let checksumAt = block.count
    block += text("        ", 8) + text(String(kind), 1) + text(target, 100) + text("ustar\0" + "00", 8)
    block += [UInt8](repeating: 0, count: 512 - block.count)
    let sum = block.reduce(0) { $0 + Int($1) }
    block.replaceSubrange(checksumAt..<checksumAt + 8, with: octal(sum, 7) + [0x20])
    bytes += block
  }
}
