package import LinuxKit

/// What goes into an archive, and how.
package struct ArchivingRules {
  /// The owner that is written, of the one that a file has.
  package var owner: (FileOwner) -> FileOwner = { $0 }
  /// Whether a directory, opened for reading, is looked into; or another file system's file is taken.
  package var mayEnter: (borrowing Descriptor) throws -> Bool = { _ in true }
  /// Throws when it is to end.
  package var check: () throws -> Void = {}
  package init() {}
}
