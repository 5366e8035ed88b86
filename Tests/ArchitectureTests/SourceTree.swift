import Foundation

/// The package's files, read once: what the rules below are checked on.
struct SourceTree {
  struct File {
    /// From the package's directory: `Sources/LinuxKit/Flags.swift`.
    var path: String
    var lines: [Substring]
  }

  /// `Sources` and `Tests`.
  let files: [File]
  /// By target name: the targets and products that Package.swift lets it import.
  let dependencies: [String: Set<String>]

  static let directory = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let shared: SourceTree = {
    do { return try SourceTree() } catch { preconditionFailure("the package's sources cannot be read: \(error)") }
  }()

  private init() throws {
    var files: [File] = []
    for top in ["Sources", "Tests"] {
      let root = SourceTree.directory.appending(path: top).resolvingSymlinksInPath()
      for name in try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted() {
        guard ["swift", "c", "h"].contains(URL(filePath: name).pathExtension) else { continue }
        let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
        files.append(File(path: "\(top)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false)))
      }
    }
    self.files = files
    dependencies = try Self.readManifest()
  }

  /// The Swift files of a target below `Sources`.
  func sources(of target: String) -> [File] { files.filter { $0.path.hasPrefix("Sources/\(target)/") && $0.path.hasSuffix(".swift") } }

  var swiftSources: [File] { files.filter { $0.path.hasPrefix("Sources/") && $0.path.hasSuffix(".swift") } }

  /// A target with everything that it depends on, however far down.
  func closure(of target: String) -> Set<String> {
    var found: Set<String> = []
    var waiting = [target]
    while let next = waiting.popLast() {
      if found.insert(next).inserted { waiting += dependencies[next] ?? [] }
    }
    return found
  }

  /// What `swift package describe` would say, without running SwiftPM inside SwiftPM: `dump-package` of the manifest's text is its own program,
  /// so the names are read from the declarations, which keep to a few shapes.
  private static func readManifest() throws -> [String: Set<String>] {
    let text = try String(contentsOf: directory.appending(path: "Package.swift"), encoding: .utf8)
    let groups = ["system": ["SystemPackage"], "nio": ["NIOCore", "NIOPosix"], "crypto": ["Crypto"], "keyDerivation": ["CryptoExtras"]]
    var result: [String: Set<String>] = [:]
    let declarations = text.split(separator: /\n    (?=library\(|tests\(|\.(?:target|executableTarget|testTarget|systemLibrary)\()/)
      .dropFirst()
    for declaration in declarations {
      let names = declaration.matches(of: /"([A-Za-z-]+)"/).map { String($0.output.1) }
      guard let target = names.first else { continue }
      var allowed = Set(names.dropFirst())
      for (group, products) in groups where declaration.contains(try Regex("\\b\(group)\\b")) { allowed.formUnion(products) }
      let isTest = declaration.hasPrefix("tests(")
      if isTest { allowed.formUnion([target, "TestSupport"]) }
      result[isTest ? target + "Tests" : target] = allowed
    }
    return result
  }
}

extension SourceTree.File {
  /// The modules that the file imports.
  var imports: [String] {
    lines.compactMap { line in
      guard line.hasPrefix("import ") || line.hasPrefix("public import ") || line.hasPrefix("@") || line.hasPrefix("package import ") else {
        return nil
      }
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
      // `import struct Module.Name`
      return words[words.count - 1].split(separator: ".").first.map(String.init)
    }
  }

  /// Lines that match, as `Sources/x.swift:12: text`.
  func places(where matches: (Substring) -> Bool) -> [String] {
    lines.enumerated().filter { matches($0.element) }.map { "\(path):\($0.offset + 1): \($0.element.trimmingCharacters(in: .whitespaces))" }
  }
}
