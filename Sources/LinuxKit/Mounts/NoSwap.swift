import CLinux

/// Whether a tmpfs can be kept out of swap (`noswap` of `tmpfs(5)`, Linux 6.4): asked of the kernel, which refuses options that it does not know.
public func hasNoSwap() -> Bool {
  guard let context = try? Descriptor(owning: kernel("fsopen(2)", ["tmpfs"], { clinux_fsopen("tmpfs") })) else { return false }
  return clinux_fsconfig_flag(context.number, "noswap") == 0
}
