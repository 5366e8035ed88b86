import CLinux
import Glibc

extension Descriptor {
  /// Writes all of it at a place in the file, wherever the file's own position is.
  public borrowing func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(KernelError) {
    let number = self.number
    var done = 0
    while done < bytes.count {
      done += try kernel("pwrite(2)") {
        pwrite(number, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset) + done)
      }
    }
  }

  /// `ftruncate(2)`: the file has this many bytes from now on.
  public borrowing func setSize(_ size: Int64) throws(KernelError) {
    let number = self.number
    try kernel("ftruncate(2)") { ftruncate(number, off_t(size)) }
  }

  /// `syncfs(2)`: all that was written to this descriptor's file system is on disk.
  public borrowing func synchronizeFileSystem() throws(KernelError) {
    let number = self.number
    try kernel("syncfs(2)") { clinux_syncfs(number) }
  }

  /// An `O_PATH` descriptor of a name in this directory, a symbolic link itself included.
  public borrowing func locate(at name: UnsafePointer<CChar>) throws(KernelError) -> Descriptor {
    try open(at: name, Int32(CLINUX_O_PATH) | O_NOFOLLOW)
  }

  /// Makes a device node, fifo or empty file of a name in this directory; `type` is `S_IFCHR`, `S_IFBLK`, `S_IFIFO` or `S_IFREG`. The umask counts.
  public borrowing func makeNode(
    at name: UnsafePointer<CChar>, type: UInt32, mode: UInt32, major: UInt32 = 0, minor: UInt32 = 0
  ) throws(KernelError) {
    let number = self.number
    try kernel("mknodat(2)", [String(cString: name)]) {
      mknodat(number, name, type | mode, __dev_t(clinux_makedev(major, minor)))
    }
  }

  /// Makes a directory of a name in this directory. The umask counts.
  public borrowing func makeDirectory(at name: UnsafePointer<CChar>, mode: UInt32) throws(KernelError) {
    let number = self.number
    try kernel("mkdirat(2)", [String(cString: name)]) { mkdirat(number, name, mode) }
  }

  /// Makes a symbolic link of a name in this directory.
  public borrowing func makeSymlink(at name: UnsafePointer<CChar>, pointsTo target: UnsafePointer<CChar>) throws(KernelError) {
    let number = self.number
    try kernel("symlinkat(2)", [String(cString: name)]) { symlinkat(target, number, name) }
  }

  /// The target of the symbolic link of a name in this directory, NUL at the end.
  public borrowing func readLink(at name: UnsafePointer<CChar>) throws(KernelError) -> [CChar] { try linkTarget(at: name) }
}

/// Marks of overlayfs in a lower or upper directory (overlayfs.rst, "whiteouts and opaque directories").
public enum OverlayMark {
  /// The attribute, with the value `y`, of a directory that hides the one below it.
  public static let opaque = "trusted.overlay.opaque"
}

extension FileStatus {
  /// A character device 0/0: overlayfs's mark for a deleted name.
  public var isWhiteout: Bool { kind == .character && major == 0 && minor == 0 }
}
