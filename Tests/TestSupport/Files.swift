import Glibc

/// A system call that a test could not do without, and why it failed.
public struct SystemFailure: Error, CustomStringConvertible {
  public let description: String
  /// What was tried; the reason is taken from `errno`.
  public init(_ tried: String) { description = "\(tried): \(String(cString: strerror(errno)))" }
}

/// The whole content of a file; what `/proc` says too, where sizes are 0.
public func readFile(_ path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SystemFailure("open \(path)") }
  defer { close(descriptor) }
  var content: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    guard count >= 0 else { throw SystemFailure("read \(path)") }
    if count == 0 { return content }
    content += buffer[..<count]
  }
}

/// The content of a file as text.
public func readText(_ path: String) throws -> String { String(decoding: try readFile(path), as: UTF8.self) }

/// Makes or replaces a file.
public func writeFile(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw SystemFailure("open \(path)") }
  defer { close(descriptor) }
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { throw SystemFailure("write \(path)") }
    rest = rest.dropFirst(count)
  }
  guard fchmod(descriptor, mode) == 0 else { throw SystemFailure("fchmod \(path)") }
}

/// Makes a directory and the missing ones above it.
public func makeDirectories(_ path: String) throws {
  guard !isDirectory(path) else { return }
  try makeDirectories(parent(of: path))
  guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw SystemFailure("mkdir \(path)") }
}

/// The names in a directory, sorted, without `.` and `..`; none when it cannot be read.
public func names(in path: String) -> [String] {
  guard let stream = opendir(path) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Whether a directory (not a link to one) is there.
public func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether anything is there.
public func exists(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}

/// Removes a tree as far as it can be removed; links are removed, not followed.
public func removeRecursively(_ path: String) {
  if isDirectory(path) {
    for name in names(in: path) { removeRecursively(path + "/" + name) }
    rmdir(path)
  } else {
    unlink(path)
  }
}

/// What a link points to; nil when it is none.
public func linkTarget(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &buffer, buffer.count)
  return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

func parent(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
  return String(path[..<slash])
}
