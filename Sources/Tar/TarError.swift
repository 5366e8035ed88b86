/// What is wrong with an archive, or with what is to become one.
package struct TarError: Error, Sendable, Equatable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
