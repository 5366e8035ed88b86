import CLinux
import Glibc
import LinuxKit
import TestSupport
import Testing

@testable import Tar

/// Trees as archives, and back.
@Suite struct RoundTripTests {
  private func archive(_ path: String, as name: String, _ rules: ArchivingRules = ArchivingRules()) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let archiver = TreeArchiver(rules) { bytes += Array($0) }
    try archiver.write(try Descriptor.open(path, Int32(CLINUX_O_PATH) | O_NOFOLLOW), as: Array(name.utf8))
    try archiver.finish()
    return bytes
  }

  private func reader(_ bytes: [UInt8]) -> TarReader {
    var rest = bytes[...]
    return TarReader { target in
      // In pieces that end nowhere in particular.
      let count = min(target.count, rest.count, 777)
      target.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
  }

  @discardableResult
  private func extract(_ bytes: [UInt8], into path: String, _ rules: ExtractionRules = ExtractionRules()) throws -> TreeExtractor {
    let extractor = TreeExtractor(into: try RootedDirectory(path: path), rules)
    try extractor.extract(reader(bytes))
    return extractor
  }

  /// A tree with everything that an archive can have.
  private func tree(_ directory: TemporaryDirectory) throws -> String {
    try directory.write("t/plain", "plain\n", mode: 0o640)
    try directory.write("t/deep/empty", "")
    let long = String(repeating: "long-", count: 30)
    try directory.write("t/\(long)", "long\n")
    try directory.write("t/deep/\(long)ü", String(repeating: "x", count: 5000))
    symlink("../plain", directory("t/deep/link"))
    symlink(String(repeating: "y/", count: 100), directory("t/longlink"))
    link(directory("t/plain"), directory("t/second"))
    mkfifo(directory("t/pipe"), 0o600)
    chmod(directory("t/deep"), 0o2750)
    let holes = open(directory("t/holes"), O_WRONLY | O_CREAT, 0o600)
    for place in [0, 1 << 20, 5 << 20] { pwrite(holes, "data", 4, off_t(place)) }
    ftruncate(holes, 64 << 20)
    close(holes)
    return directory("t")
  }

  /// Deletions of an image layer, where they are asked for: whole trees go, nothing is followed, what is mounted stays.
  @Test func whiteoutsTakeAway() throws {
    let directory = try TemporaryDirectory("tar")
    for name in ["here/tree/a", "here/tree/deep/b", "here/file", "here/kept", "outside/safe", "here/mounted/at/inside"] {
      try directory.write(name, name)
    }
    symlink("../outside", directory("here/way"))
    symlink("../../outside", directory("here/tree/deep/out"))
    let at = directory("here/mounted/at")
    try #require(mount(at, at, nil, UInt(MS_BIND), nil) == 0)
    defer { umount2(at, Int32(MNT_DETACH)) }
    var bytes: [UInt8] = []
    let archiver = TreeArchiver { bytes += Array($0) }
    for name in ["tree", "file", "missing", "no/such/place", "way", "mounted"] { try archiver.remove(Array(name.utf8)) }
    try archiver.finish()
    let here = directory("here")

    try extract(bytes, into: here)
    #expect(names(in: here).contains(".wh.tree") && exists(here + "/tree"))
    removeRecursively(here + "/.wh.tree")
    var rules = ExtractionRules()
    rules.appliesWhiteouts = true
    let extractor = try extract(bytes, into: here, rules)
    #expect(Set(names(in: here)).subtracting([".wh.file", ".wh.missing", ".wh.way", ".wh.mounted", "no"]) == ["kept", "mounted"])
    #expect(exists(directory("outside/safe")) && exists(at + "/inside"))
    #expect(extractor.notes == ["\"at\" is mounted, and stays"])

    var hostile: [UInt8] = []
    let other = TreeArchiver { hostile += Array($0) }
    try other.remove(Array("..".utf8))
    try other.finish()
    #expect(throws: TarError.self) { try extract(hostile, into: here, rules) }
    #expect(exists(directory("outside/safe")))
  }

  private func listing(_ path: String) async throws -> [String] {
    try await run("sh", "-c", "cd \(path) && find . | LC_ALL=C sort | while read -r f; do stat -c '%n %F %a %h %s %Y' \"$f\"; done").expect().lines
      .map(String.init).map { $0.contains("directory") ? String($0.split(separator: " ").dropLast(2).joined(separator: " ")) : $0 }
  }

  @Test func treesComeBackAsTheyWere() async throws {
    let directory = try TemporaryDirectory("tar")
    let source = try tree(directory)
    let bytes = try archive(source, as: "t")
    #expect(bytes.count < 100_000, "holes have become data")
    try makeDirectories(directory("own"))
    try extract(bytes, into: directory("own"))
    #expect(try await listing(directory("own/t")) == listing(source))
    #expect(try await run("diff", "-r", "--no-dereference", "--exclude", "pipe", source, directory("own/t")).status == 0)
    var status = stat()
    #expect(stat(directory("own/t/holes"), &status) == 0 && status.st_blocks * 512 < 1 << 20)
  }

  /// What a file says of itself is not always so: one of a program (fuse(4)), or one that changes meanwhile.
  @Test func holesThatAreNone() throws {
    let directory = try TemporaryDirectory("tar")
    let path = directory("holes")
    let number = open(path, O_RDWR | O_CREAT, 0o600)
    defer { close(number) }
    ftruncate(number, 1 << 20)
    let file = try Descriptor.open(path, O_RDONLY)
    var status = try file.status()
    #expect(try SparseMap(of: file, status)?.ranges == [SparseMap.Range(offset: 1 << 20, length: 0)])
    status.blocks = .max
    #expect(try SparseMap(of: file, status) != nil)
    status.size = 10
    status.blocks = 0
    #expect(try SparseMap(of: file, status) == nil)
    status.size = 1 << 20
    pwrite(number, "data", 4, off_t(2 << 20))
    #expect(try SparseMap(of: file, status) == nil)
  }

  /// GNU tar reads what is written here, and what it writes is read here.
  @Test(arguments: ["gnu", "pax", "ustar"]) func itIsTar(format: String) async throws {
    let directory = try TemporaryDirectory("tar")
    let source = try tree(directory)
    try writeFile(directory("a.tar"), try archive(source, as: "t"))
    try makeDirectories(directory("gnu"))
    _ = try await run("tar", "-C", directory("gnu"), "-xpf", directory("a.tar")).expect()
    #expect(try await listing(directory("gnu/t")) == listing(source))
    if format == "ustar" { for name in names(in: source) where name.hasPrefix("long") { removeRecursively(source + "/" + name) } }
    let made = try await run("tar", "--format", format, "-C", directory.path, "-cf", directory("b.tar"), "t")
    guard made.status == 0 else { return #expect(format == "ustar", "\(made)") }
    try makeDirectories(directory("back"))
    try extract(try readFile(directory("b.tar")), into: directory("back"))
    #expect(try await run("diff", "-r", "--no-dereference", "--exclude", "pipe", source, directory("back/t")).status == 0)
  }

  @Test func kindsDoNotTakeEachOthersPlace() throws {
    let directory = try TemporaryDirectory("tar")
    try directory.write("into/name/inner", "kept\n")
    try directory.write("into/other", "kept\n")
    var writer = TarWriter()
    writer.file("name", "new\n")
    #expect(throws: TarError("cannot overwrite directory \"name\" with non-directory")) {
      try extract(writer.finished(), into: directory("into"))
    }
    var other = TarWriter()
    other.directory("other")
    #expect(throws: TarError("cannot overwrite non-directory \"other/\" with directory")) {
      try extract(other.finished(), into: directory("into"))
    }
    #expect(try readText(directory("into/name/inner")) == "kept\n" && readText(directory("into/other")) == "kept\n")
    var rules = ExtractionRules()
    rules.replacesKinds = true
    try extract(other.finished(), into: directory("into"), rules)
    #expect(isDirectory(directory("into/other")))
  }

  /// The earliest second that there is, and a part of one before it.
  @Test func timesBeforeAllOthers() throws {
    var header = TarHeader(plain: "a", type: .file, permissions: 0o644, size: 0)
    header.records = [("mtime", Array("\(Int64.min).5".utf8))]
    let entry = try reader(header.bytes(attributes: []) + [UInt8](repeating: 0, count: 1024)).next()
    #expect(entry?.modified == FileTime(seconds: 0))
  }

  /// Bytes that are changed at random are refused or read, never more.
  @Test func damagedArchives() throws {
    let directory = try TemporaryDirectory("tar")
    let whole = try archive(try tree(directory), as: "t")
    var random = SeededRandom(seed: 20_261_129)
    for round in 0..<300 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if round % 3 == 0 { bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random))) }
      let reader = reader(bytes)
      var entries = 0
      do {
        while let entry = try reader.next() {
          entries += 1
          #expect(entry.size >= 0)
          while let (data, offset) = try reader.nextData() { #expect(offset >= 0 && offset + Int64(data.count) <= entry.size) }
        }
      } catch is TarError {}
      #expect(entries < 1000)
    }
  }
}
