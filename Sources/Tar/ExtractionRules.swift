package import LinuxKit

/// What comes out of an archive, and how.
package struct ExtractionRules {
  /// The owner that a file gets, of the one that the archive says; nil: whoever extracts.
  package var owner: ((FileOwner) -> FileOwner)? = { $0 }
  /// Set-user-id bits and file capabilities come out too, and devices: of an archive that is trusted, or where they mean nothing.
  package var keepsPrivileges = true
  /// Files and directories take each other's place. Otherwise that is refused.
  package var replacesKinds = false
  /// A file `.wh.NAME` means that NAME goes, with all that is in it (the deletions of an OCI image layer).
  package var appliesWhiteouts = false
  /// The archive's root (`./`) says what the directory itself is like.
  package var setsRoot = false
  /// Links on the way to an entry are followed, inside the root. Otherwise they are refused.
  package var followsLinks = true
  /// Where an entry goes, as names from the root on, of where the archive has it; it may throw. The root itself is empty.
  package var place: ([[UInt8]]) throws -> [[UInt8]] = { $0 }
  /// Throws when it is to end.
  package var check: () throws -> Void = {}
  package init() {}
}
