/// A descriptor with several owners, for arrays and closures; it is closed when the last one lets go.
public final class SharedDescriptor: Sendable {
  /// The descriptor itself.
  public let descriptor: Descriptor

  /// Takes over a descriptor.
  public init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// The number, valid as long as this object lives.
  public var number: Int32 { descriptor.number }
}
