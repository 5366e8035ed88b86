import Glibc
import LinuxKit
public import ShimProtocol

/// How a container ended, from the record that its shim has left; nil when there is none.
public func readExitRecord(_ path: String) -> ExitStatus? {
  guard let file = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW), let bytes = try? file.readAll(limit: 4096) else { return nil }
  return ExitRecord.status(bytes)
}
