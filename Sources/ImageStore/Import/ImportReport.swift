/// What an import did.
public struct ImportReport: Sendable {
  public var form: ArchiveForm
  public var images: [Image]
  /// What was left out and why, a sentence each.
  public var notes: [String]
}
