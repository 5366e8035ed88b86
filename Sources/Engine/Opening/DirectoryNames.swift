import Glibc
import LinuxKit

/// The names in a directory.
func directoryNames(_ path: String) throws(KernelError) -> [String] {
  try Descriptor.open(path, O_RDONLY | O_DIRECTORY).entries().map(\.text)
}
