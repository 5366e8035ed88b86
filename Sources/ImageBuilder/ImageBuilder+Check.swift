import Diagnostics
import ImageStore
import OCI
public import StackModel

extension ImageBuilder {
  /// Looks for what is wrong with a build's Dockerfile, or better done otherwise (`build --check`). Nothing is built, no image is fetched.
  ///
  /// Throws when there is no Dockerfile to look at; what is wrong with it is in the result.
  public func check(_ spec: BuildSpec, sent: SentContext? = nil) async throws -> BuildCheck {
    guard let origin = ContextOrigin(spec, sent) else { return try await check(try BuildContext(spec), spec) }
    let workspace = try store.makeWorkspace()
    do {
      var local = spec
      local.context = try await origin.bring(to: workspace.path + "/context", BuildProgress { _ in })
      let found = try await check(try BuildContext(local, isFetched: true), spec)
      try await store.discard(workspace)
      return found
    } catch {
      try? await store.discard(workspace)
      throw error
    }
  }

  private func check(_ context: BuildContext, _ spec: BuildSpec) async throws -> BuildCheck {
    var result = BuildCheck(lines: Self.lines(of: context.dockerfile))
    do {
      let file = try Dockerfile(parsing: context.dockerfile, file: context.dockerfileName)
      result.warnings = try await warnings(in: file, context, spec)
      _ = try plan(file, context, spec)
    } catch let error as DockerfileError {
      result.problem = error.description
    } catch let error as BuildError {
      result.problem = error.description
    }
    return result
  }

  /// The stages of a build.
  func plan(_ file: Dockerfile, _ context: BuildContext, _ spec: BuildSpec) throws -> BuildPlan {
    try BuildPlan(
      file, target: spec.target, arguments: spec.arguments, contexts: spec.options?.contexts ?? [:], name: context.dockerfileName)
  }

  /// What a Dockerfile is warned of. Images that are on this machine say what variables they set.
  private func warnings(in file: Dockerfile, _ context: BuildContext, _ spec: BuildSpec) async throws -> [BuildCheck.Warning] {
    var known: [String: ImageConfig.Execution] = [:]
    if let plan = try? plan(file, context, spec) {
      for stage in plan.stages {
        guard case .image(let reference) = stage.base, let image = await store.resolve(reference) else { continue }
        known[reference.familiar] = image.config.config ?? ImageConfig.Execution()
      }
    }
    let images = known
    return Linter.warnings(
      in: file, lines: Self.lines(of: context.dockerfile), arguments: spec.arguments, options: try options(of: file, spec)
    ) { name in (try? ImageReference(name)).flatMap { images[$0.familiar] } }
  }

  private func options(of file: Dockerfile, _ spec: BuildSpec) throws -> LintOptions {
    guard let text = spec.arguments[LintOptions.argument] else { return file.check }
    do { return try LintOptions(text) } catch { throw BuildError("the build argument \(LintOptions.argument): \(error.message)") }
  }

  /// Ends a build whose Dockerfile says `# check=error=true` when there is something to warn of.
  func refuseWarnings(in file: Dockerfile, _ context: BuildContext, _ spec: BuildSpec) async throws {
    guard try options(of: file, spec).isError, let first = try await warnings(in: file, context, spec).first else { return }
    throw DockerfileError(
      first.range, "\(first.rule): \(first.detail)", hint: "check=error=true makes this an error; see all of them: --check")
  }

  /// Without their ends, as places in the file count them.
  private static func lines(of bytes: [UInt8]) -> [String] {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    return text.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
    }
  }
}
