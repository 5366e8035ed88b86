import CLinux
import Glibc
package import LinuxKit
import ShimProtocol

/// What becomes of a process that appears among others, told in memory that it shares with the shim: a descriptor could be taken from it by whoever sees it.
///
/// The first page is not the process's own any more when it appears, so that what is there can be believed. The second is, and what is there is only told.
package final class Appearance {
  private let pages: UnsafeMutableRawPointer
  private static let pageSize = sysconf(Int32(_SC_PAGESIZE))
  private static let longest = 3000

  package init() throws(KernelError) {
    let made = mmap(nil, 2 * Self.pageSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let made, made != MAP_FAILED else { throw KernelError.last("mmap(2)") }
    pages = made
  }

  deinit { munmap(pages, 2 * Self.pageSize) }

  /// Its number, once it is there.
  package var pid: Int32? {
    let pid = pages.load(as: Int32.self)
    return pid > 0 ? pid : nil
  }

  /// What it could not do on its last steps, or says so.
  package var failure: (step: Int, errno: Int32, detail: String)? {
    let page = pages + Self.pageSize
    let count = Int(page.load(as: UInt32.self))
    guard (1...Self.longest).contains(count) else { return nil }
    let bytes = Array(UnsafeRawBufferPointer(start: page + 8, count: count))
    guard case .failed(let step, let errno, let detail)? = ChildMessage(bytes) else { return nil }
    return (step, errno, detail)
  }

  /// Makes the process, which goes on from here, its parent being this one's. This one ends when that runs its program or has ended.
  func appear() throws(KernelError) {
    try kernel("madvise(2)") { madvise(pages, Self.pageSize, Int32(MADV_DONTFORK)) }
    let pid = clinux_clone_sibling(pages.assumingMemoryBound(to: Int32.self))
    if pid > 0 { _exit(0) }
    if pid < 0 { throw KernelError.last("clone(2)") }
  }

  func tell(_ failure: ChildMessage) {
    let bytes = failure.bytes
    guard bytes.count <= Self.longest else { return }
    let page = pages + Self.pageSize
    bytes.withUnsafeBytes { (page + 8).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(page), byteCount: $0.count) }
    page.storeBytes(of: UInt32(bytes.count), as: UInt32.self)
  }
}
