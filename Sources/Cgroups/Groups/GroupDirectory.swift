import Glibc
import LinuxKit

/// A directory of a control group file system, or one that looks like it.
struct GroupDirectory: Equatable, Sendable {
  var path: String

  func inner(_ name: String) -> GroupDirectory { GroupDirectory(path: path + "/" + name) }

  /// The directory that it is in.
  var parent: GroupDirectory { GroupDirectory(path: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])) }

  func exists(_ file: String) -> Bool { access(path + "/" + file, F_OK) == 0 }

  /// Whether the directory is there.
  var isThere: Bool { access(path, F_OK) == 0 }

  /// Writes a value in one go, as the kernel wants it.
  func write(_ value: String, to file: String) throws(CgroupError) {
    do throws(KernelError) {
      try Descriptor.open(path + "/" + file, O_WRONLY | O_TRUNC).writeAll(value)
    } catch {
      let hint = error.errno == ENOENT && isThere ? "the kernel does not have this limit, or its controller is not enabled" : nil
      throw CgroupError("writing", path + "/" + file, value: value, errno: error.errno, hint: hint)
    }
  }

  /// A file's text, without the line end.
  func read(_ file: String) throws(CgroupError) -> String {
    var text = try Self.text(path + "/" + file)
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// The number in a file; nil when there is none.
  func number(_ file: String) -> Int64? { (try? read(file)).flatMap { Int64($0) } }

  /// The number behind a word in a file of `word number` lines.
  func number(_ file: String, _ word: String) -> Int64? {
    guard let text = try? read(file) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(word + " ") { return Int64(line.dropFirst(word.count + 1)) }
    return nil
  }

  /// Makes the directory; its parent must be there.
  func make() throws(CgroupError) {
    if mkdir(path, 0o755) != 0 && errno != EEXIST { throw CgroupError("making", path, errno: errno) }
  }

  /// The directories in it; none when it is gone.
  func children() throws(CgroupError) -> [String] {
    do throws(KernelError) {
      return try Descriptor.open(path, O_RDONLY | O_DIRECTORY).entries().filter { $0.kind == .directory }.map(\.text).sorted()
    } catch {
      if error.errno == ENOENT || error.errno == ENODEV { return [] }
      throw CgroupError("reading", path, errno: error.errno)
    }
  }

  /// It and all below it, the deepest first. Nesting beyond any sense is refused: a container may have made it.
  func tree(depth: Int = 0) throws(CgroupError) -> [GroupDirectory] {
    if depth > 256 { throw CgroupError("reading", path, errno: ELOOP) }
    var all: [GroupDirectory] = []
    for name in try children() { all += try inner(name).tree(depth: depth + 1) }
    return all + [self]
  }

  /// The processes in it and below.
  func processes() throws(CgroupError) -> [Int32] {
    var pids: Set<Int32> = []
    for directory in try tree() {
      guard let text = try? directory.read("cgroup.procs") else { continue }
      pids.formUnion(text.split(separator: "\n").compactMap { Int32($0) })
    }
    return pids.sorted()
  }

  static func text(_ path: String) throws(CgroupError) -> String {
    do throws(KernelError) {
      return String(decoding: try Descriptor.open(path, O_RDONLY).readAll(limit: 16 << 20), as: UTF8.self)
    } catch {
      throw CgroupError("reading", path, errno: error.errno)
    }
  }
}

/// A name that is safe as a directory's.
func groupName(_ name: String) throws(CgroupError) -> String {
  let isSafe = name.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: false
    }
  }
  if name.isEmpty || name.utf8.count > 200 || name.hasPrefix(".") || !isSafe {
    throw CgroupError("naming a group", "\"\(name)\"", errno: EINVAL)
  }
  return name
}
