import Diagnostics
import StackLoader
import Terminal

extension Check {
  /// `--fix`: rewrites the files, or shows how, and then what is left.
  func rewrite(_ request: LoadRequest, _ context: Context) async throws -> Int32 {
    let rewriting = rewriteStack(request, includesUnsafe: unsafeFixes)
    for refused in rewriting.refused { context.output.error("not fixed: \(place(refused.diagnostic)): \(visible(refused.reason))") }
    if dryRun {
      for file in rewriting.files {
        context.output.write(
          unifiedDiff(String(decoding: file.before, as: UTF8.self), String(decoding: file.after, as: UTF8.self), name: file.shown))
      }
      if unsafeFixes { try await adoptPasswords(request, context) }
      return 0
    }
    // All of them can be written, or none is.
    let replacements = try rewriting.files.map { try FileReplacement($0.path, shown: $0.shown, before: $0.before, after: $0.after) }
    for replacement in replacements { try replacement.write() }
    for diagnostic in rewriting.applied where format == .text {
      context.output.write("fixed: \(place(diagnostic)): \(visible(diagnostic.fix?.title ?? diagnostic.message)) [\(diagnostic.code)]\n")
    }
    guard unsafeFixes, try await adoptPasswords(request, context) else { return show(rewriting.remaining, context) }
    return show(checkStack(request).diagnostics, context)
  }

  /// Passwords in environments (MU0601) become secrets of the engine, as `muster secret adopt` makes them, where the image takes a file.
  ///
  /// - Returns: Whether there was one that could.
  @discardableResult
  private func adoptPasswords(_ request: LoadRequest, _ context: Context) async throws -> Bool {
    var isDone = false
    for (service, variables) in writtenPasswords(request) {
      var adoptable: [String] = []
      for variable in variables {
        do {
          _ = try adoptVariables(AdoptionRequest(stack: request, service: service, variables: [variable]))
          adoptable.append(variable)
        } catch {
          context.output.error("not fixed: \(visible(error.message))")
        }
      }
      guard !adoptable.isEmpty else { continue }
      try await adopt(AdoptionRequest(stack: request, service: service, variables: adoptable), dryRun: dryRun, context)
      isDone = true
    }
    return isDone
  }

  private func place(_ diagnostic: Diagnostic) -> String { diagnostic.range.map { visible($0.description) } ?? "the stack" }
}
