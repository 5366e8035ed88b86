import Glibc
import ImageStore
import LinuxKit
import PathPatterns

/// Where COPY and ADD take files from: the build context, or the root of a stage or image. Nothing outside can be reached through it.
final class SourceRoot: Sendable {
  let root: RootedDirectory
  let rules: IgnoreRules
  /// Files of stages and images keep their owners and attributes; those of the context become root's.
  let keepsOwner: Bool
  /// `the build context /srv/app`.
  let name: String

  init(_ root: consuming RootedDirectory, rules: IgnoreRules = IgnoreRules(), keepsOwner: Bool, name: String) {
    self.root = root
    self.rules = rules
    self.keepsOwner = keepsOwner
    self.name = name
  }

  /// The names of a path, relative to the root; nil when it climbs above the root.
  static func names(_ path: String) -> [[UInt8]]? {
    var names: [[UInt8]] = []
    for part in path.utf8.split(separator: 0x2F) where !part.elementsEqual([0x2E]) {
      if part.elementsEqual([0x2E, 0x2E]) {
        if names.popLast() == nil { return nil }
      } else {
        names.append(Array(part))
      }
    }
    return names
  }

  /// The paths that a source of COPY means, sorted; none when nothing is there. Throws the reason when it is no usable source.
  ///
  /// - Parameter isDeep: `**` is any number of directories.
  func find(_ source: String, isDeep: Bool = false) throws -> [[[UInt8]]] {
    guard let names = Self.names(source) else {
      throw BuildError("\"\(source)\" is outside \(name)", hint: "only what is inside can be copied")
    }
    var found: [[[UInt8]]] = [[]]
    var hasWildcards = false
    for part in names {
      guard let pattern = PathPattern(part) else {
        throw BuildError("\"\(source)\" is no pattern: a [ is not closed or a \\ stands at the end")
      }
      if isDeep, part.elementsEqual([0x2A, 0x2A]) {
        hasWildcards = true
        found = try found.flatMap { try directories(from: $0) }
        continue
      }
      if pattern.isLiteral, !part.contains(UInt8(ascii: "\\")) {
        found = found.map { $0 + [part] }
        continue
      }
      hasWildcards = true
      var next: [[[UInt8]]] = []
      for path in found {
        for name in try list(path) where pattern.matches(name) { next.append(path + [name]) }
      }
      found = next
    }
    let visible = try found.filter { path in
      if rules.ignore(path), !(rules.hasExceptions && isDirectory(path)) { return false }
      return try root.exists(Self.cPath(path))
    }
    if visible.isEmpty, !hasWildcards, let path = found.first, rules.ignore(path) {
      throw BuildError("\"\(source)\" is left out of the build context by .dockerignore")
    }
    return visible
  }

  /// `a/b` for the kernel; `.` for the root.
  static func cPath(_ names: [[UInt8]]) -> [CChar] {
    names.isEmpty ? [UInt8(ascii: ".")].cName : Array(names.joined(separator: [0x2F])).cName
  }

  func isDirectory(_ path: [[UInt8]]) -> Bool {
    do throws(KernelError) { return try root.locate(Self.cPath(path)).status().kind == .directory } catch { return false }
  }

  /// A directory and all that are below it, links not followed.
  private func directories(from path: [[UInt8]], depth: Int = 0) throws -> [[[UInt8]]] {
    guard isDirectory(path) else { return [] }
    guard depth < 400 else { throw BuildError("\(name) is nested too deep") }
    return try [path]
      + list(path).map { path + [$0] }.filter { try root.status(Self.cPath($0)).kind == .directory }
      .flatMap { try directories(from: $0, depth: depth + 1) }
  }

  /// The names in a directory, sorted; none when it is no directory.
  private func list(_ path: [[UInt8]]) throws -> [[UInt8]] {
    guard isDirectory(path) else { return [] }
    return try root.open(Self.cPath(path), O_RDONLY | O_DIRECTORY).entries().map { $0.bytes }.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

extension DirectoryEntry {
  /// The name without its NUL.
  var bytes: [UInt8] { name.dropLast().map { UInt8(bitPattern: $0) } }
}

extension RootedDirectory {
  /// Whether a path leads to something, links followed.
  borrowing func exists(_ path: [CChar]) throws(KernelError) -> Bool {
    do throws(KernelError) {
      _ = try locate(path)
      return true
    } catch {
      if error.errno == ENOENT || error.errno == ENOTDIR || error.errno == ELOOP { return false }
      throw error
    }
  }
}
