import CLinux

/// A file in memory to write to (`memfd_create(2)`), close-on-exec.
public func emptyMemoryFile(name: String) throws(KernelError) -> Descriptor {
  // MFD_CLOEXEC
  Descriptor(owning: try kernel("memfd_create(2)", [name]) { clinux_memfd_create(name, 1) })
}
