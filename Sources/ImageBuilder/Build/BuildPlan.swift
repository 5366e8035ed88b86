import OCI
import StackModel

/// The stages of a Dockerfile, with the variables of their FROM lines expanded.
struct BuildPlan: Sendable {
  struct Stage: Sendable {
    var index: Int
    /// `AS name`
    var name: String?
    var from: Instruction
    var base: Base
    var instructions: [Instruction]
    /// As progress shows it.
    var title: String { name ?? "stage-\(index)" }
  }

  enum Base: Sendable, Equatable {
    case scratch
    case stage(Int)
    case image(ImageReference)
  }

  var stages: [Stage]
  /// Of the ARGs before the first FROM.
  var globals: [String: String]
  /// The stage to build.
  var target: Int
  /// Names of build arguments that an ARG has.
  var declared: Set<String>

  /// `additional_contexts`; they come before stages and images of the same name.
  var contexts: [String: BuildSource]

  init(_ file: Dockerfile, target: String?, arguments: [String: String], contexts: [String: BuildSource] = [:], name: String) throws {
    stages = []
    self.contexts = contexts
    declared = []
    globals = PlatformArguments.values
    var lookup = globals
    for instruction in file.instructions {
      switch instruction.body {
      case .from(let image, let stage):
        let globals = lookup
        let text: String
        do { text = try Expansion.word(image, escape: file.escape) { globals[$0] } } catch {
          throw DockerfileError(instruction.range, error.message)
        }
        if let flag = instruction.flag("platform") { try Self.checkPlatform(flag, globals, file.escape) }
        stages.append(
          Stage(
            index: stages.count, name: stage, from: instruction, base: try Self.base(text, stages, contexts, instruction), instructions: [])
        )
      case .pairs(let pairs) where instruction.keyword == .arg:
        declared.formUnion(pairs.map(\.name))
        guard stages.isEmpty else {
          stages[stages.count - 1].instructions.append(instruction)
          continue
        }
        for pair in pairs {
          let known = lookup
          do {
            let value =
              try arguments[pair.name]
              ?? pair.value.map { value throws(Expansion.Failure) in
                try Expansion.word(value, escape: file.escape) { known[$0] }
              }
            if let value { lookup[pair.name] = value }
          } catch { throw DockerfileError(instruction.range, "\(error)") }
        }
      default: stages[stages.count - 1].instructions.append(instruction)
      }
    }
    globals = lookup
    self.target = stages.count - 1
    if let target {
      guard let found = Self.find(target, in: stages) else {
        let names = stages.compactMap(\.name).joined(separator: ", ")
        throw BuildError("\(name) has no stage named \(target)", hint: names.isEmpty ? "no stage has a name" : "stages: \(names)")
      }
      self.target = found
    }
  }

  /// A stage by name, the last one of it, or by number.
  static func find(_ name: String, in stages: some BidirectionalCollection<Stage>) -> Int? {
    if let stage = stages.last(where: { $0.name == name.lowercased() }) { return stage.index }
    return Int(name).flatMap { number in stages.first { $0.index == number }?.index }
  }

  /// The stages that the target needs, itself included, in order.
  func needed() -> [Int] {
    var needed: Set<Int> = []
    var waiting = [target]
    while let index = waiting.popLast() {
      guard needed.insert(index).inserted else { continue }
      waiting += needs(of: index)
    }
    return needed.sorted()
  }

  /// The git repositories among the additional contexts that the stages to be built take files from.
  func repositories() -> [String: GitSource] {
    var found: [String: GitSource] = [:]
    for name in needed().flatMap({ stages[$0].instructions }).flatMap(\.sourceNames) {
      if case .remote(let address)? = contexts[name] { found[name] = GitSource(address) }
    }
    return found
  }

  /// The stages that a stage is built on and takes files from.
  func needs(of index: Int) -> Set<Int> {
    var needs: Set<Int> = []
    if case .stage(let base) = stages[index].base { needs.insert(base) }
    for instruction in stages[index].instructions {
      for name in instruction.sourceNames where contexts[name] == nil {
        if let source = Self.find(name, in: stages[..<index]) { needs.insert(source) }
      }
    }
    return needs
  }

  private static func base(
    _ text: String, _ stages: [Stage], _ contexts: [String: BuildSource], _ instruction: Instruction
  ) throws -> Base {
    if text == "scratch" { return .scratch }
    switch contexts[text] {
    case .image(let image)?:
      do { return .image(try ImageReference(image)) } catch { throw DockerfileError(instruction.range, "\(error)") }
    case .directory?:
      throw DockerfileError(
        instruction.range, "the additional context \(text) is a directory, which cannot be built upon",
        hint: "FROM scratch, and COPY --from=\(text)")
    case .remote?:
      throw DockerfileError(
        instruction.range, "the additional context \(text) is a git repository, which cannot be built upon",
        hint: "FROM scratch, and COPY --from=\(text)")
    default: break
    }
    if let stage = stages.last(where: { $0.name == text.lowercased() }) { return .stage(stage.index) }
    guard !text.isEmpty else { throw DockerfileError(instruction.range, "FROM names no image", hint: "a variable in it is empty") }
    do { return .image(try ImageReference(text)) } catch { throw DockerfileError(instruction.range, "\(error)") }
  }

  private static func checkPlatform(_ flag: Instruction.Flag, _ globals: [String: String], _ escape: UInt8) throws {
    let text: String
    do { text = try Expansion.word(flag.value, escape: escape) { globals[$0] } } catch { throw DockerfileError(flag.range, error.message) }
    guard let platform = Platform(text) else {
      throw DockerfileError(flag.range, "'\(text)' is no platform", hint: "os/architecture, as linux/amd64")
    }
    guard platform == .current else {
      throw DockerfileError(flag.range, "this machine builds for \(Platform.current) only, not for \(platform)")
    }
  }
}

/// The variables about platforms that every Dockerfile has (Dockerfile reference, "Automatic platform ARGs"), and the proxies' that need no ARG.
enum PlatformArguments {
  static var values: [String: String] {
    let current = Platform.current
    var values: [String: String] = [:]
    for side in ["BUILD", "TARGET"] {
      values[side + "PLATFORM"] = current.description
      values[side + "OS"] = current.os
      values[side + "ARCH"] = current.architecture
      values[side + "VARIANT"] = current.variant ?? ""
    }
    return values
  }

  static let proxies: Set<String> = {
    let names = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"]
    return Set(names + names.map { $0.lowercased() })
  }()
}
