import Glibc
public import SystemPackage

/// How deep the walk goes before a directory is moved up, so that no depth of nesting exhausts descriptors or stack.
private let deepest = 200

/// Removes `name` of `parent`, with everything in it, never following a symbolic link and never leaving the tree.
///
/// Goes on after a failure and throws the first one at the end.
public func removeTree(in parent: borrowing Descriptor, _ name: UnsafePointer<CChar>) throws(KernelError) {
  let number = parent.number
  if unlinkat(number, name, 0) == 0 { return }
  if errno != EISDIR && errno != EPERM { throw KernelError.last("unlinkat(2)", [String(cString: name)]) }
  try parent.open(at: name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).removeContents()
  try kernel("unlinkat(2)", [String(cString: name)]) { unlinkat(number, name, AT_REMOVEDIR) }
}

/// Removes a path of the host with everything in it; nothing there is fine.
public func removeTree(_ path: FilePath) throws(KernelError) {
  do throws(KernelError) {
    let (before, name) = try PathParts.split(path.string)
    try removeTree(in: try Descriptor.open(before, O_RDONLY | O_DIRECTORY), name)
  } catch  where error.errno == ENOENT {}
}

extension Descriptor {
  /// Removes everything in this directory (opened for reading), itself not.
  public borrowing func removeContents() throws(KernelError) {
    var first: KernelError?
    repeat {
      var moved = 0
      removeContents(depth: 0, top: number, moved: &moved, first: &first)
      if moved == 0 { break }
    } while first == nil
    if let first { throw first }
  }

  private borrowing func removeContents(depth: Int, top: Int32, moved: inout Int, first: inout KernelError?) {
    do throws(KernelError) {
      for entry in try entries() {
        do throws(KernelError) {
          let number = self.number
          if entry.kind != .directory {
            if unlinkat(number, entry.name, 0) == 0 { continue }
            if errno != EISDIR && errno != EPERM { throw KernelError.last("unlinkat(2)", [entry.text]) }
          }
          if depth >= deepest {
            // Too deep: up to the top, where the next round finds it.
            moved += 1
            let name = ".removed-" + String(moved) + "-" + String(UInt32.random(in: 0 ... .max))
            try kernel("renameat(2)", [entry.text]) { renameat(number, entry.name, top, name) }
            continue
          }
          let inner = try open(at: entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
          inner.removeContents(depth: depth + 1, top: top, moved: &moved, first: &first)
          try kernel("unlinkat(2)", [entry.text]) { unlinkat(number, entry.name, AT_REMOVEDIR) }
        } catch {
          // Gone already is what is wanted; a directory that kept something has said why.
          if error.errno != ENOENT && first == nil { first = error }
        }
      }
    } catch {
      if first == nil { first = error }
    }
  }
}
