import EngineClient
import Glibc
import LinuxKit

/// What `write` writes on a thread of its own, piece by piece; it waits while nobody takes any. What it throws ends the stream.
func archivePieces(
  _ write: @escaping @Sendable (@escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void
) throws -> AsyncThrowingStream<[UInt8], any Error> {
  let pipe = try DescriptorPair.pipe().shared()
  let (input, output) = (pipe.first, PipeEnd(pipe.second))
  let writing = Task {
    try await onOwnThread {
      defer { output.close() }
      try write { bytes in try output.write(bytes) }
    }
  }
  return AsyncThrowingStream {
    try await Readiness.shared.readable(input.number)
    let bytes = [UInt8](unsafeUninitializedCapacity: 131_072) { buffer, count in
      count = max(0, read(input.number, buffer.baseAddress, 131_072))
    }
    if !bytes.isEmpty { return bytes }
    // Its end; or that it could not be had to its end.
    try await writing.value
    return nil
  }
}
