import CLinux
import Glibc

extension Descriptor {
  /// Changes the owner; works on `O_PATH` descriptors and of links themselves.
  public borrowing func setOwner(_ owner: FileOwner) throws(KernelError) { try setOwner(owner, at: emptyName) }

  /// Changes the owner of a name in this directory, a link itself included.
  public borrowing func setOwner(_ owner: FileOwner, at name: UnsafePointer<CChar>) throws(KernelError) {
    let number = self.number
    try kernel("fchownat(2)", [String(cString: name)]) {
      fchownat(number, name, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW | Int32(CLINUX_AT_EMPTY_PATH))
    }
  }

  /// Sets the permission bits (`07777`), where they differ; works on `O_PATH` descriptors.
  public borrowing func setPermissions(_ mode: UInt32) throws(KernelError) {
    let number = self.number
    if try status().permissions == mode & 0o7777 { return }
    if fchmod(number, mode & 0o7777) == 0 { return }
    if errno != EBADF { throw KernelError.last("fchmod(2)") }
    if clinux_fchmod_path(number, mode & 0o7777) == 0 { return }
    if errno != ENOSYS { throw KernelError.last("fchmodat2(2)") }
    try kernel("chmod(2)") { chmod(magicPath(), mode & 0o7777) }
  }

  /// Sets access and modification time; works on `O_PATH` descriptors.
  public borrowing func setTimes(accessed: FileTime, modified: FileTime) throws(KernelError) {
    let number = self.number
    try kernel("utimensat(2)") {
      clinux_set_times(
        number, emptyName, accessed.seconds, accessed.nanoseconds, modified.seconds, modified.nanoseconds,
        AT_SYMLINK_NOFOLLOW | Int32(CLINUX_AT_EMPTY_PATH))
    }
  }

  /// Sets access and modification time of a name in this directory, a link itself included.
  public borrowing func setTimes(accessed: FileTime, modified: FileTime, at name: UnsafePointer<CChar>) throws(KernelError) {
    let number = self.number
    try kernel("utimensat(2)", [String(cString: name)]) {
      clinux_set_times(
        number, name, accessed.seconds, accessed.nanoseconds, modified.seconds, modified.nanoseconds, AT_SYMLINK_NOFOLLOW)
    }
  }

  /// The names of the extended attributes; none when the file system has none.
  public borrowing func attributeNames() throws(KernelError) -> [String] {
    let number = self.number
    var list = [CChar](repeating: 0, count: 65536)
    let length = clinux_flistxattr(number, &list, list.count)
    if length < 0 {
      if errno == ENOTSUP { return [] }
      throw KernelError.last("flistxattr(2)")
    }
    return list[0..<length].split(separator: 0).map { String(decoding: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
  }

  /// One extended attribute, nil when absent.
  public borrowing func attribute(_ name: String) throws(KernelError) -> [UInt8]? {
    let number = self.number
    var value = [UInt8](repeating: 0, count: 65536)
    let length = clinux_fgetxattr(number, name, &value, value.count)
    if length < 0 {
      if errno == ENODATA || errno == ENOTSUP { return nil }
      throw KernelError.last("fgetxattr(2)", [name])
    }
    return Array(value[0..<length])
  }

  /// Sets an extended attribute.
  public borrowing func setAttribute(_ name: String, _ value: [UInt8]) throws(KernelError) {
    let number = self.number
    try kernel("fsetxattr(2)", [name]) { clinux_fsetxattr(number, name, value, value.count) }
  }
}
