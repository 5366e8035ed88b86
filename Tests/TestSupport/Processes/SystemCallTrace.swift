import Glibc

/// What processes asked the kernel for, as strace(1) has written it: one file a process (`-ff -y -o PREFIX`).
public struct SystemCallTrace: Sendable {
  /// Whether the machine has strace.
  public static let isThere = access("/usr/bin/strace", X_OK) == 0

  private let directory: TemporaryDirectory

  public init() throws { directory = try TemporaryDirectory("trace") }

  /// What a program and those that it starts are run with: `command + [program, …]`.
  public var command: [String] { ["/usr/bin/strace", "-ff", "-y", "-s", "4096", "-o", directory("trace")] }

  /// The lines of each process.
  public func processes() throws -> [[Substring]] {
    try names(in: directory.path).map { try readText(directory($0)).split(separator: "\n") }
  }

  /// Of processes that have made themselves a root and gone to it: calls with a path that leads into the root, from its opening to the program.
  ///
  /// What is no such path: one that `openat2` resolves inside the root (`RESOLVE_IN_ROOT`); one name in a directory that is given by a descriptor; the
  /// empty one, which means the descriptor; a bind's source, which is the host's, while the root is not `/` yet. Once it is: `/`, `.`, and the program.
  public func pathsIntoRoots() throws -> (roots: Int, calls: Int, paths: [String]) {
    var roots = 0
    var calls = 0
    var paths: [String] = []
    for lines in try processes() {
      guard let pivot = lines.firstIndex(where: { $0.hasPrefix("pivot_root(\".\", \".\")") }),
        let mounted = lines[..<pivot].firstIndex(where: { $0.hasPrefix("mount(") && ($0.contains("\"overlay\"") || $0.contains("MS_BIND")) }
        ),
        let opened = lines[mounted..<pivot].firstIndex(where: { $0.hasPrefix("openat(AT_FDCWD") && $0.contains("O_PATH") }),
        let root = lines[opened].range(of: " = ").flatMap({ path(of: lines[opened][$0.upperBound...]) })
      else { continue }
      roots += 1
      let end = lines[pivot...].firstIndex { $0.hasPrefix("execve(") } ?? lines.endIndex
      for index in lines.index(after: opened)..<end {
        guard let call = Call(lines[index]), !call.strings.isEmpty, !Self.withoutPaths.contains(call.name) else { continue }
        calls += 1
        if !(index <= pivot ? call.isFine(outside: root) : call.isFineInside) { paths.append(String(lines[index])) }
      }
    }
    return (roots, calls, paths)
  }

  /// Programs that processes ran and code that they loaded, until they went into a container; and those of it that were under a directory.
  public func codeRun(under root: String) throws -> (count: Int, paths: [String]) {
    var count = 0
    var paths: [String] = []
    for lines in try processes() {
      for line in lines.prefix(while: { !$0.hasPrefix("pivot_root(") && !$0.hasPrefix("setns(") }) {
        let runs = line.hasPrefix("execve(") || line.hasPrefix("execveat(")
        let loads = (line.hasPrefix("mmap(") || line.hasPrefix("mprotect(")) && line.contains("PROT_EXEC")
        guard runs || loads else { continue }
        count += 1
        if line.contains(root) { paths.append(String(line)) }
      }
    }
    return (count, paths)
  }

  private func path(of descriptor: Substring) -> String? {
    guard let start = descriptor.firstIndex(of: "<"), let end = descriptor.lastIndex(of: ">") else { return nil }
    return String(descriptor[descriptor.index(after: start)..<end])
  }

  /// Calls whose strings are no paths of files: data, names of hosts, kinds and options of file systems, what the kernel says.
  private static let withoutPaths: Set<String> = [
    "write", "read", "pread64", "pwrite64", "writev", "recvmsg", "recvfrom", "sendmsg", "sendto", "setsockopt", "fsopen", "fsconfig",
    "sethostname",
    "setdomainname", "prctl", "getcwd", "getrandom", "getdents64", "uname", "ioctl", "fgetxattr", "fsetxattr", "flistxattr", "readv",
  ]
}

/// One line of a trace.
private struct Call {
  let name: String
  let text: Substring
  let strings: [String]

  init?(_ line: Substring) {
    guard let open = line.firstIndex(of: "("), line.first?.isLetter == true else { return nil }
    name = String(line[..<open])
    text = line
    var strings: [String] = []
    var current: String?
    var isEscaped = false
    for character in line[open...] {
      if let text = current {
        if character == "\"", !isEscaped {
          strings.append(text)
          current = nil
        } else {
          current = text + String(character)
        }
        isEscaped = character == "\\" && !isEscaped
      } else if character == "\"" {
        current = ""
      }
    }
    self.strings = strings
  }

  /// The names of what is looked up, and in which directories.
  private var isRelativeToWorkingDirectory: Bool { text.contains("AT_FDCWD") || !Self.withDirectory.contains(name) }
  private static let withDirectory: Set<String> = [
    "openat", "mkdirat", "mknodat", "fchownat", "symlinkat", "linkat", "readlinkat", "newfstatat", "statx", "unlinkat", "renameat",
    "renameat2",
    "fchmodat", "fchmodat2", "faccessat", "faccessat2", "utimensat", "open_tree", "move_mount", "mount_setattr", "name_to_handle_at",
  ]

  /// A name in a directory, or nothing, which is the descriptor itself.
  private var isName: Bool {
    // A link's target is not looked up, nor is what a link is found to be.
    let looked = name == "symlinkat" ? Array(strings.dropFirst()) : name == "readlinkat" ? Array(strings.prefix(1)) : strings
    return !isRelativeToWorkingDirectory && looked.allSatisfy { !$0.contains("/") && $0 != ".." }
  }

  private var isResolvedInside: Bool { name == "openat2" && text.contains("RESOLVE_IN_ROOT") && text.contains("RESOLVE_NO_MAGICLINKS") }

  func isFine(outside root: String) -> Bool {
    if isResolvedInside || isName { return true }
    switch name {
    case "open_tree": return strings.allSatisfy { $0.hasPrefix("/") && $0 != root && !$0.hasPrefix(root + "/") }
    case "openat": return strings == ["/"]
    case "pivot_root": return strings == [".", "."]
    default: return false
    }
  }

  /// The root is `/` now, and there is nothing else.
  var isFineInside: Bool {
    if isResolvedInside || isName { return true }
    switch name {
    case "openat", "chdir": return strings == ["/"]
    case "mount", "umount2", "openat2": return strings == ["."]
    // The runtime's own look for the program that it is about to run.
    case "access", "newfstatat", "faccessat2": return strings.count == 1 && text.contains("AT_FDCWD") || name == "access"
    default: return false
    }
  }
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? {
    var at = endIndex
    while at > startIndex {
      at = index(before: at)
      if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
    }
    return nil
  }
}
