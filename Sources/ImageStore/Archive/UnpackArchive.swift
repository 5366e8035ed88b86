package import LinuxKit
package import Tar

/// Whether a file is a tar archive, perhaps compressed.
package func isTarArchive(_ file: borrowing Descriptor) throws -> Bool {
  do { return try ArchiveReader(DecompressedFile(file, limits: nil, isHashed: false)).next() != nil } catch is ImageStoreError {
    return false
  }
}

/// Unpacks an archive that is no image layer (`ADD archive.tar.gz /srv/`): nothing outside `root` is touched, and deletions are refused.
package func unpackArchive(
  _ file: borrowing Descriptor, into root: consuming RootedDirectory, owner: FileOwner?, _ cancellation: Cancellation
) throws {
  let limits = UnpackLimits()
  let unpacker = TreeUnpacker(into: root, whiteouts: .refused, owner: owner, limits: limits)
  try unpacker.unpack(ArchiveReader(DecompressedFile(file, limits: limits, cancellation: cancellation, isHashed: false)))
}

/// Extracts an archive, perhaps compressed, as `cp` does. Returns what was left out.
package func extractArchive(
  _ file: borrowing Descriptor, into root: consuming RootedDirectory, _ rules: ExtractionRules, _ cancellation: Cancellation
) throws -> [String] {
  let archive = try ArchiveReader(DecompressedFile(file, limits: UnpackLimits(), cancellation: cancellation, isHashed: false))
  let extractor = TreeExtractor(into: root, rules)
  try extractor.extract(archive)
  return extractor.notes
}

extension ArchiveReader: EntrySource {}
