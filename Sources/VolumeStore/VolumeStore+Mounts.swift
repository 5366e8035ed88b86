import Glibc
public import LinuxKit
public import StackModel

/// Volumes that are mounts: `_data` is the place, and empty below what is mounted there.
extension VolumeStore {
  /// The volumes where something is mounted now, as the kernel says; nothing of it is looked into, as a server of files may be away.
  public func mounted() throws(KernelError) -> Set<VolumeName> {
    let resolved = resolvedDirectory() + "/"
    var names: Set<VolumeName> = []
    for place in try MountedAt.all().keys where place.hasPrefix(resolved) && place.hasSuffix("/_data") {
      let name = place.dropFirst(resolved.count).dropLast("/_data".count)
      if !name.contains("/") { names.insert(VolumeName(String(name))) }
    }
    return names
  }

  /// Whether the volume has its own directory. Whether it has data is not asked: they may be a server's that is away.
  public func hasPlace(_ name: VolumeName) -> Bool { access("\(directory)/\(name)", F_OK) == 0 }

  /// Mounts what the volume is to be. The caller has seen that nothing is mounted there and that there is nothing below.
  public func mount(_ name: VolumeName, _ mount: VolumeMount) throws(KernelError) {
    let words = withAddress(mount.options, type: mount.type)
    try mountHere(mount.type, mount.isInMemory ? Self.source(name) : mount.device, at: path(of: name), options: words)
  }

  /// Mounts the very tmpfs that a process has of the volume.
  public func mount(_ name: VolumeName, fromProcess pid: Int32) throws(KernelError) {
    try mountHere(tmpfs: Self.source(name), of: pid, at: path(of: name))
  }

  /// Takes away whatever is mounted as the volume; `EBUSY` when somebody on this machine is in it, or something is mounted inside.
  public func unmount(_ name: VolumeName) throws(KernelError) {
    while try mounted().contains(name) { try unmountHere(path(of: name)) }
  }

  /// Throws where something is mounted below a directory: whoever removes what is in it would remove that, too.
  func refuseMounts(below path: String) throws(KernelError) {
    let place = resolvedDirectory() + path.dropFirst(directory.count) + "/"
    for mounted in try MountedAt.all().keys where mounted.hasPrefix(place) {
      throw KernelError("unlinkat(2)", errno: EBUSY, operands: [mounted])
    }
  }

  /// What a tmpfs says that it is a mount of, by which it is found in a container again.
  static func source(_ name: VolumeName) -> String { "muster-volume-\(name)" }

  /// The kernel knows no links on the way.
  private func resolvedDirectory() -> String {
    guard let text = realpath(directory, nil) else { return directory }
    defer { free(text) }
    return String(cString: text)
  }

  /// The kernel wants numbers where `addr=` has a name.
  private func withAddress(_ options: String, type: String) -> String {
    guard ["nfs", "nfs4", "cifs", "smb3"].contains(type) else { return options }
    var words: [String] = []
    for word in options.split(separator: ",") {
      if word.hasPrefix("addr="), let address = numericAddress(String(word.dropFirst(5))) {
        words.append("addr=" + address)
      } else {
        words.append(String(word))
      }
    }
    return words.joined(separator: ",")
  }
}

/// The first address of a host; nil: it is not known.
private func numericAddress(_ host: String) -> String? {
  var found: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(host, nil, nil, &found) == 0, let first = found else { return nil }
  defer { freeaddrinfo(found) }
  var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  guard getnameinfo(first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
    return nil
  }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
