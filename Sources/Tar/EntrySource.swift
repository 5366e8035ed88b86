/// An archive, entry by entry.
package protocol EntrySource: AnyObject {
  /// The next entry; nil at the end of the archive. What is left of the last one's data is skipped.
  func next() throws -> ArchiveEntry?
  /// The next piece of the current entry's data and its offset in the file, valid until the next call; nil after the last.
  func nextData() throws -> (bytes: UnsafeRawBufferPointer, offset: Int64)?
}
