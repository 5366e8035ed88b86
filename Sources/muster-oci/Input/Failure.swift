/// Why a command was not carried out, in words for the caller. Callers (Podman, containerd) look for runc's words in it.
struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
