/// The place of an archive's entry in the tree, as names without `.`, `..` and slashes. Empty is the root itself.
struct EntryPath: Equatable {
  var names: [[UInt8]]

  /// Leading slashes are dropped, as tar does; what would climb above the root is refused.
  init(_ path: [UInt8]) throws {
    guard path.count <= 4096 else { throw ImageStoreError.invalid("the archive has a name of \(path.count) bytes") }
    names = []
    for part in path.split(separator: 0x2F) where part != [0x2E] {
      if part == [0x2E, 0x2E] {
        guard names.popLast() != nil else {
          throw ImageStoreError.invalid("the archive's entry \"\(String(decoding: path.prefix(300), as: UTF8.self))\" leaves the archive")
        }
      } else {
        names.append(Array(part))
      }
    }
  }

  var isRoot: Bool { names.isEmpty }
  var last: [UInt8] { names.last ?? [] }

  /// `a/b`, NUL at the end; `.` for the root.
  var cString: [CChar] { Self.cString(names[...]) }
  /// The directory that holds it.
  var parent: [CChar] { Self.cString(names.dropLast()) }

  private static func cString(_ names: ArraySlice<[UInt8]>) -> [CChar] {
    let joined = names.isEmpty ? [0x2E] : Array(names.joined(separator: [0x2F]))
    return joined.cName
  }
}

extension [UInt8] {
  /// For the kernel: NUL at the end.
  package var cName: [CChar] { map { CChar(bitPattern: $0) } + [0] }
}
