import Backend
import Glibc
import LinuxKit

/// `muster-shim` beside this program, or in `../libexec` from there.
func shimProgram() throws -> String {
  guard let found = siblingPrograms("muster-shim").first(where: { access($0, X_OK) == 0 }) else {
    throw EngineError(.notFound, "muster-shim is not beside \(ownProgram())", hint: "install it there, or say where it is with --shim")
  }
  return found
}
