import Backend
import Diagnostics

extension Context {
  /// Removes one thing after the other and says of each that it is gone, or why it is not.
  ///
  /// - Parameters:
  ///   - ignoresMissing: One that is not there is no failure (`--force`).
  ///   - remove: Removes what has this name; what it returns is told.
  /// - Returns: The command's status: 1 when one could not be removed.
  func remove(_ names: [String], ignoresMissing: Bool = false, _ remove: (String) async throws -> String) async throws -> Int32 {
    var status: Int32 = 0
    for name in names {
      do {
        output.write(visible(try await remove(name)) + "\n")
      } catch let error as EngineError {
        if ignoresMissing, error.code == .notFound { continue }
        output.error(text(of: error))
        status = 1
      }
    }
    return status
  }
}
