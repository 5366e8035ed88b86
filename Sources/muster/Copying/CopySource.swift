import CLinux
import Diagnostics
import Glibc
import LinuxKit

/// What on this machine is copied.
struct CopySource: Sendable {
  /// An `O_PATH` descriptor.
  let file: SharedDescriptor
  /// Its name in an archive; `.`: only what is in it.
  let name: String
  let isDirectory: Bool

  init(_ place: String, followsLink: Bool) throws {
    do throws(KernelError) {
      let flags = Int32(CLINUX_O_PATH) | (followsLink ? 0 : O_NOFOLLOW)
      file = SharedDescriptor(try Descriptor.open(place, flags))
      isDirectory = try file.descriptor.status().kind == .directory
    } catch {
      throw Exit(1, "\(visible(place)): \(error.reason)")
    }
    let typed = CopyPath.name(of: place)
    if place == ".." || place.hasSuffix("/..") || place.hasSuffix("/../") {
      // Docker cleans the path first.
      guard let real = realpath(place, nil) else { throw Exit(1, "\(visible(place)): \(String(cString: strerror(errno)))") }
      defer { free(real) }
      name = CopyPath.name(of: String(cString: real))
    } else {
      name = typed
    }
  }
}
