import Backend
import Glibc
import LinuxKit

/// Where the engine's program is.
func engineProgram() throws(EngineError) -> String {
  if let named = getenv("MUSTERD").map({ String(cString: $0) }), !named.isEmpty {
    guard access(named, X_OK) == 0 else { throw EngineError(.notFound, subject: "MUSTERD", "\(named) is not a program that can be run") }
    return named
  }
  var places = siblingPrograms("musterd")
  if let path = getenv("PATH") {
    places += String(cString: path).split(separator: ":").filter { $0.hasPrefix("/") }.map { $0 + "/musterd" }
  }
  guard let found = places.first(where: { access($0, X_OK) == 0 }) else {
    throw EngineError(
      .notFound, "the engine does not run, and its program musterd is neither beside this one nor in PATH",
      hint: "install musterd beside muster, or set MUSTERD to its path")
  }
  return found
}
