import Backend
import EngineWire
import Hummingbird
import NIOCore

/// `POST /images/save` (`SaveRequest`; streams the archive in `SessionFrame`s), `POST /images/load` (an archive; streams `loaded`),
/// `POST /images/load/path` (`ImportRequest`; the same).
func addImageArchiveRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.post("images/save") { request, _ in
    var request = request
    let asked = try await decodeBody(SaveRequest.self, &request)
    guard asked.directory?.hasPrefix("/") ?? true else { throw EngineError(.invalid, "the path of a directory must be absolute") }
    guard !asked.names.isEmpty else { throw EngineError(.invalid, "no image named") }
    return streamedBytes(request) { outbox in
      try await backend.saveImages(asked) { await outbox.send(SessionFrame(.stdout, $0).bytes) }
    }
  }
  router.post("images/load") { request, _ in
    streamed(request, type: Wire.lines) { body, outbox in
      do {
        let reader = PieceReader(body)
        let pieces = AsyncThrowingStream<[UInt8], any Error> { try await reader.next() }
        outbox.post(line(StreamItem(loaded: try await backend.loadImages(.pieces(pieces)))), isEssential: true)
      } catch {
        outbox.post(line(StreamItem(error: engineError(error))), isEssential: true)
      }
    }
  }
  router.post("images/load/path") { request, _ in
    var request = request
    let asked = try await decodeBody(ImportRequest.self, &request)
    guard asked.path.hasPrefix("/") else { throw EngineError(.invalid, "the path of an image's file must be absolute") }
    return streamedLines(request) { outbox in
      outbox.post(line(StreamItem(loaded: try await backend.loadImages(.path(asked.path)))), isEssential: true)
    }
  }
}

/// An answer of bytes in frames; the last one says that it is whole, or what went wrong.
func streamedBytes(_ request: Request, _ produce: @escaping @Sendable (Outbox) async throws -> Void) -> Response {
  streamed(request, type: Wire.frames) { _, outbox in
    let last: SessionFrame
    do {
      try await produce(outbox)
      last = SessionFrame(.exit, try encodeJSON(SessionFrame.Exit(code: 0)))
    } catch {
      last = SessionFrame(.error, (try? encodeJSON(engineError(error))) ?? [])
    }
    outbox.post(last.bytes, isEssential: true)
  }
}
