/// A key of the stack file: what it is for, what it may hold, and what becomes of it.
///
/// A class: one is handed out for each key of each file, and has much in it.
final class Key: Sendable {
  let name: String
  let support: KeySupport
  let shape: Shape
  /// One sentence, for editors and the documentation.
  let about: String
  /// A value as it may be written, for those who wrote another.
  let example: String?

  init(_ name: String, _ support: KeySupport, _ shape: Shape, _ about: String, example: String? = nil) {
    self.name = name
    self.support = support
    self.shape = shape
    self.about = about
    self.example = example
  }
}
