import Backend
import Diagnostics
import Glibc
import PathPatterns
import StackLoader
import StackModel

/// One rule of `develop.watch`, ready to be asked about files: the directory that is watched, and what in it counts.
struct WatchedPath: Sendable {
  let service: ServiceName
  let rule: WatchRule
  /// The directory that is watched.
  let directory: String
  /// The rule's path is a file of that directory.
  let file: [UInt8]?
  private let ignored: IgnoreRules
  private let usual: IgnoreRules
  private let included: IgnoreRules?
  private let context: ContextRules?

  /// What editors and version control leave beside files: nobody's change.
  private static let usualPatterns = [
    "**/.git", "**/.hg", "**/.svn", "**/.DS_Store", "**/*~", "**/.*.sw[a-z]", "**/4913", "**/.#*", "**/#*#", "**/*___jb_tmp___",
    "**/*___jb_old___", "**/.~lock.*#", "**/*.kate-swp", "**/.goutputstream-*",
  ]

  /// `.dockerignore` of a build context, and where that is.
  private struct ContextRules: Sendable {
    let rules: IgnoreRules
    /// The watched directory from the context; nil: the context is in it.
    let within: [[UInt8]]?
    /// The context from the watched directory.
    let below: [[UInt8]]
  }

  init(_ service: Service, _ rule: WatchRule) throws {
    self.service = service.name
    self.rule = rule
    let subject = "service \"\(visible(service.name.rawValue))\": develop.watch"
    var found = stat()
    guard stat(rule.path, &found) == 0 else {
      throw Exit(1, "\(subject): \(visible(rule.path)): \(String(cString: strerror(errno)))")
    }
    if found.st_mode & S_IFMT == S_IFDIR {
      (directory, file) = (rule.path, nil)
    } else {
      let names = Self.names(of: rule.path)
      directory = "/" + String(decoding: Array(names.dropLast().joined(separator: [0x2F])), as: UTF8.self)
      file = names.last
    }
    let watched = directory
    do {
      ignored = try IgnoreRules(rule.ignored, of: "\(subject): ignore")
      included = rule.included.isEmpty ? nil : try IgnoreRules(rule.included, of: "\(subject): include")
      usual = try IgnoreRules(Self.usualPatterns, of: "")
      context = try service.build.flatMap { try Self.contextRules($0, watched: watched) }
    } catch let error as PatternError {
      throw Exit(1, visible(error.description))
    }
  }

  /// Whether a change of the file counts; its path from the directory, empty for the directory itself.
  func counts(_ path: [[UInt8]], isDirectory: Bool) -> Bool {
    if let file { return path == [file] }
    if isIgnored(path) { return false }
    return isDirectory || included?.ignore(path) ?? true
  }

  /// Whether files in a directory can count.
  func enters(_ path: [[UInt8]]) -> Bool {
    if file != nil { return path.isEmpty }
    if usual.ignore(path) { return false }
    return !isIgnored(path) || ignored.hasExceptions || context?.rules.hasExceptions ?? false
  }

  private func isIgnored(_ path: [[UInt8]]) -> Bool {
    if usual.ignore(path) || ignored.ignore(path) { return true }
    guard let context else { return false }
    if let within = context.within { return context.rules.ignore(within + path) }
    return path.starts(with: context.below) && context.rules.ignore(Array(path.dropFirst(context.below.count)))
  }

  private static func contextRules(_ build: BuildSpec, watched: String) throws -> ContextRules? {
    func read(_ path: String) -> [UInt8]? { try? HostFiles().read(path, limit: 16 << 20) }
    let beside = build.dockerfile.flatMap { read($0 + ".dockerignore") }
    guard let bytes = beside ?? read(build.context + "/.dockerignore") else { return nil }
    let rules = try IgnoreRules(parsing: bytes, file: beside == nil ? ".dockerignore" : "\(build.dockerfile ?? "").dockerignore")
    let (context, watched) = (names(of: build.context), names(of: watched))
    if watched.starts(with: context) { return ContextRules(rules: rules, within: Array(watched.dropFirst(context.count)), below: []) }
    if context.starts(with: watched) { return ContextRules(rules: rules, within: nil, below: Array(context.dropFirst(watched.count))) }
    return nil
  }

  static func names(of path: String) -> [[UInt8]] {
    path.utf8.split(separator: 0x2F).filter { !$0.elementsEqual([0x2E]) }.map(Array.init)
  }
}
