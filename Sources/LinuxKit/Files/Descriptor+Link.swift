import CLinux
import Glibc

extension Descriptor {
  /// Gives an open file a further name, `linkat(2)`. It needs CAP_DAC_READ_SEARCH, and the name on the file's own file system.
  public borrowing func link(as path: String) throws(KernelError) {
    let number = self.number
    try kernel("linkat(2)", [path]) { linkat(number, emptyName, AT_FDCWD, path, Int32(CLINUX_AT_EMPTY_PATH)) }
  }
}
