import CLinux
import Diagnostics
import Glibc
import LinuxKit

/// Where on this machine a copy goes: a directory, and the name that it gets there; by Docker's rules.
struct CopyTarget: Sendable {
  let directory: SharedDescriptor
  /// nil: the name that it has.
  let name: String?

  init(_ place: String, takesDirectory isDirectory: Bool) throws {
    var path = place
    var found = stat()
    if stat(path, &found) == 0 {
      if found.st_mode & S_IFMT == S_IFDIR {
        (directory, name) = (try Self.open(path), nil)
        return
      }
      guard found.st_mode & S_IFMT == S_IFREG else {
        throw Exit(1, "destination \"\(visible(place))\" must be a directory or a regular file")
      }
      if isDirectory { throw Exit(1, "cannot copy directory") }
      guard let real = realpath(path, nil) else { throw Self.failure(place) }
      defer { free(real) }
      path = String(cString: real)
    } else {
      guard errno == ENOENT else { throw Self.failure(place) }
      path = Self.pointed(path)
      if !isDirectory, CopyPath.meansDirectory(place) { throw Exit(1, "\(visible(place)): no such directory") }
    }
    while path.hasSuffix("/") || path.hasSuffix("/.") { path.removeLast() }
    let slash = path.lastIndex(of: "/")
    let last = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard !last.isEmpty, last != "..", last != "." else { throw Exit(1, "\(visible(place)): no such directory") }
    guard stat(parent, &found) == 0, found.st_mode & S_IFMT == S_IFDIR else {
      throw Exit(1, "invalid output path: directory \"\(visible(parent))\" does not exist")
    }
    (directory, name) = (try Self.open(parent), last)
  }

  /// Where links that lead to nothing lead.
  private static func pointed(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let length = readlink(path, &target, Int(PATH_MAX))
      guard length > 0 else { break }
      let text = String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
      path = text.hasPrefix("/") ? text : parent + text
    }
    return path
  }

  private static func open(_ path: String) throws -> SharedDescriptor {
    do throws(KernelError) {
      return SharedDescriptor(try Descriptor.open(path, O_DIRECTORY | Int32(CLINUX_O_PATH)))
    } catch {
      throw Exit(1, "\(visible(path)): \(error.reason)")
    }
  }

  private static func failure(_ place: String) -> Exit { Exit(1, "\(visible(place)): \(String(cString: strerror(errno)))") }
}
