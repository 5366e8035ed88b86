import Backend
import Diagnostics
import Glibc
import StackModel

/// Refuses a bind of what is not there, unless a directory may be made in its place.
///
/// A name that looks like a file's is not made into a directory: whoever wrote it has forgotten or mistyped the file, and would find an
/// empty directory of that name afterwards.
func checkBindSource(of mount: Mount, _ spec: ContainerSpec, origin: SourceRange? = nil) throws(EngineError) {
  guard case .bind(let path, let createsHostPath, _) = mount.source, Glibc.access(path, F_OK) != 0 else { return }
  // Anything but its absence is the mount's to tell.
  guard errno == ENOENT || errno == ENOTDIR else { return }
  if !createsHostPath {
    throw EngineError(
      .notFound, subject: spec.service.rawValue, "the bind source \(path) does not exist",
      hint: "make it, or allow it to be made with create_host_path", origin: origin)
  }
  if isFileName(path, target: mount.target) {
    throw EngineError(
      .notFound, subject: spec.service.rawValue, "the bind source \(path) does not exist, and looks like a file",
      hint: "make the file; if it is to be a directory, make that: mkdir -p \(path)", origin: origin)
  }
}

/// `nginx.conf` for `/etc/nginx/nginx.conf`, `docker.sock` for whatever; but neither `conf.d`, `.config` nor `site.old` for `/site`.
func isFileName(_ path: String, target: String) -> Bool {
  guard !path.hasSuffix("/"), !target.hasSuffix("/"), let ending = fileEnding(path) else { return false }
  return ending == "sock" || ending == fileEnding(target)
}

/// `conf` of `nginx.conf`; nil when it is not what files' names end with.
private func fileEnding(_ path: String) -> String? {
  guard let name = path.split(separator: "/").last, let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
  let ending = String(name[name.index(after: dot)...]).lowercased()
  guard ending.utf8.count >= 2, ending.utf8.count <= 6, let first = ending.utf8.first, isLetter(first) else { return nil }
  for byte in ending.utf8 where !isLetter(byte) && !(byte >= 0x30 && byte <= 0x39) { return nil }
  return ending
}

private func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
