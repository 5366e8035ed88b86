import CLinux
import Glibc

/// An overlay's merged view as a detached mount, for any thread to look into with `RootedDirectory`; nothing appears in the
/// caller's mount table. It lives as long as the descriptor, and what was opened through it.
///
/// `lower` is topmost first. All names may be relative to `directory`, which keeps the option string short: the kernel takes 4,095 bytes.
/// With `subpath` the mount is of that alone, which is resolved inside the overlay and may be a file.
/// Without `upper` it is read-only and needs two or more `lower`.
/// `mapping`: who owns the files is counted by the numbers of a user namespace, while the layers keep what they have; Linux 5.19.
public func overlayView(
  lower: [String], upper: String?, work: String?, directory: String, subpath: String = "", mapping: OverlayMapping? = nil
) throws(KernelError) -> Descriptor {
  let options = try OverlayOptions.text(lower: lower, upper: upper, work: work)
  var stage: UnsafePointer<CChar>?
  let view: Int32
  if let mapping {
    view = mapping.writable.withCString { writable in
      var numbers = clinux_view_mapping(
        users: mapping.users.number, uid: mapping.root.uid, gid: mapping.root.gid, writable: writable)
      return clinux_overlay_view(directory, options, subpath, &numbers, &stage)
    }
  } else {
    view = clinux_overlay_view(directory, options, subpath, nil, &stage)
  }
  if view < 0 {
    let error = errno
    let call = stage.map { String(cString: $0) } ?? "mount(2)"
    throw KernelError(call, errno: error, operands: [directory, options] + (subpath.isEmpty ? [] : [subpath]))
  }
  return Descriptor(owning: view)
}

/// How the owners of files in an overlay's layers are counted.
public struct OverlayMapping: Sendable {
  /// A user namespace, by whose numbers.
  public var users: SharedDescriptor
  /// Its root, in this namespace's numbers.
  public var root: FileOwner
  /// The directory that upper and work directory are in.
  public var writable: String
  public init(users: SharedDescriptor, root: FileOwner, writable: String) {
    self.users = users
    self.root = root
    self.writable = writable
  }
}

/// The option string of an overlay for `mount(2)`.
public enum OverlayOptions {
  /// `lowerdir=a:b,upperdir=u,workdir=w`; `E2BIG` when the kernel would cut it off.
  public static func text(lower: [String], upper: String?, work: String?) throws(KernelError) -> String {
    var text = "lowerdir="
    for (index, name) in lower.enumerated() {
      if index > 0 { text += ":" }
      text += escaped(name)
    }
    if let upper { text += ",upperdir=" + escaped(upper) }
    if let work { text += ",workdir=" + escaped(work) }
    if text.utf8.count > 4095 { throw KernelError("mount(2) overlay", errno: E2BIG, operands: [text]) }
    return text
  }

  /// A backslash before what separates layers and options.
  private static func escaped(_ name: String) -> String {
    if !name.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\\") }) { return name }
    var bytes: [UInt8] = []
    for byte in name.utf8 {
      if byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
