import Crypto
public import OCI

/// SHA-256 of content that comes in pieces.
public struct ContentHash: Sendable {
  private var state = SHA256()
  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

  public mutating func update(_ bytes: some Collection<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { state.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    if done == nil { state.update(data: Array(bytes)) }
  }

  /// Length first, so that no two lists of fields give the same bytes.
  public mutating func update(field text: String) {
    let bytes = Array(text.utf8)
    update(Array("\(bytes.count):".utf8))
    update(bytes)
  }

  public func digest() -> OCI.Digest { OCI.Digest(hash: state.finalize()) }

  public static func of(_ bytes: [UInt8]) -> OCI.Digest {
    var hash = ContentHash()
    hash.update(bytes)
    return hash.digest()
  }
}
