import Foundation
import Testing

/// Habits that a reader relies on.
@Suite struct StyleTests {
  @Test func filesFitOnAFewScreens() {
    for file in SourceTree.shared.swiftSources { #expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines") }
  }

  /// Above the values, which come in families, a file is one type and its close companions.
  @Test func aFileIsOneTypeOrVerb() {
    for target in LayerTests.floors[4...].joined() {
      for file in SourceTree.shared.sources(of: target) {
        let types = file.lines.filter { isTypeDeclaration($0) }
        #expect(types.count <= 3, "\(file.path) declares \(types.count) types")
      }
    }
  }

  @Test func nothingIsLeftForLater() {
    for file in SourceTree.shared.files {
      // Written apart, so that this line is not one.
      let places = file.places { line in ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"].contains { line.contains($0) } }
      #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }
  }

  @Test func uncheckedSendableIsExplained() {
    for file in SourceTree.shared.swiftSources {
      for (number, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") {
        let around = file.lines[max(0, number - 4)...number]
        #expect(around.contains { $0.contains("//") }, "\(file.path):\(number + 1): why is this safe?")
      }
    }
  }

  @Test func nothingCrashesOnInput() {
    for file in SourceTree.shared.swiftSources {
      let places = file.places { line in
        let code = line.trimmingCharacters(in: .whitespaces)
        return !code.hasPrefix("//") && ["try!", " as! ", "fatalError("].contains { code.contains($0) }
      }
      #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }
  }

  @Test func nobodyOwnsAQueueOrAForgottenTask() {
    for file in SourceTree.shared.swiftSources {
      let places = file.places { line in ["DispatchQueue", "Thread.sleep", "Task.detached"].contains { line.contains($0) } }
      #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }
  }

  @Test func theTopLevelHoldsWhatBelongsThere() throws {
    let allowed: Set<String> = [
      ".build", ".ci", ".git", ".gitignore", ".swift-format", "Benchmarks", "LICENSE", "Makefile", "Package.resolved", "Package.swift",
      "README.md", "Sources", "Tests", "examples", "schemas", ".swiftpm",
    ]
    let found = Set(try FileManager.default.contentsOfDirectory(atPath: SourceTree.directory.path))
    #expect(found.subtracting(allowed).isEmpty)
  }

  /// The examples and scripts work with whatever package sources the machine has.
  @Test func noPackageMirrorIsNamed() throws {
    let hosts = try Regex("(?:deb|ftp|security|archive)\\.(?:debian|ubuntu)\\.(?:org|com)")
    for top in ["Makefile", "README.md", ".ci", "examples"] {
      let url = SourceTree.directory.appending(path: top).resolvingSymlinksInPath()
      let below = (try? FileManager.default.subpathsOfDirectory(atPath: url.path).map { url.appending(path: $0) }) ?? [url]
      for file in below {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
        #expect(text.firstMatch(of: hosts) == nil, "\(file.path) names a package mirror")
      }
    }
  }
}

/// Whether the line, unindented, begins a type that other files can see.
private func isTypeDeclaration(_ line: Substring) -> Bool {
  guard let first = line.first, first.isLetter else { return false }
  let modifiers: Set<Substring> = ["public", "package", "internal", "final", "indirect"]
  let word = line.split(separator: " ", maxSplits: 6).first { !modifiers.contains($0) }
  return ["struct", "class", "enum", "actor", "protocol"].contains(word)
}
