/// A pattern that is none.
package struct PatternError: Error, Equatable, CustomStringConvertible {
  /// Where it stands and how it is written.
  package let description: String
  init(_ description: String) { self.description = description }
}
