import Backend
import EngineWire
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Docker's `HEAD`, `GET` and `PUT /containers/{name}/archive?path=`, with `follow=1` for what a symbolic link leads to; and
/// `GET /containers/{name}/archive/status?path=` (`PathStatus`).
func addContainerArchiveRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("containers/:name/archive/status") { request, context in
    try jsonResponse(try await backend.status(of: try containerPath(request, context)))
  }
  router.head("containers/:name/archive") { request, context in
    let status = try await backend.status(of: try containerPath(request, context))
    return Response(status: .ok, headers: try headers(status))
  }
  router.get("containers/:name/archive") { request, context in
    let path = try containerPath(request, context)
    let headers = try headers(try await backend.status(of: path))
    return streamedArchive(request, headers) { outbox in try await backend.readArchive(path) { await outbox.send($0) } }
  }
  router.put("containers/:name/archive") { request, context in
    let path = try containerPath(request, context)
    let reader = PieceReader(request.body)
    let pieces = AsyncThrowingStream<[UInt8], any Error> { try await reader.next() }
    let options = ArchiveOptions(
      keepsKinds: isTrue(request, "noOverwriteDirNonDir"), appliesWhiteouts: isTrue(request, "whiteouts"),
      takesOwner: request.uri.queryParameters["owner"] == "directory")
    return try jsonResponse(try await backend.writeArchive(path, options, pieces))
  }
}

private func containerPath(_ request: Request, _ context: EngineContext) throws -> ContainerPath {
  guard let path = request.uri.queryParameters["path"].map(String.init), !path.isEmpty else {
    throw EngineError(.invalid, "no path in the container named", hint: "add ?path=")
  }
  return ContainerPath(
    container: try pathName("name", of: "container", context), path: path, followsLink: isTrue(request, "follow"))
}

/// As Docker reads it.
func isTrue(_ request: Request, _ key: String) -> Bool {
  request.uri.queryParameters[Substring(key)].map { ["1", "true", "True"].contains(String($0)) } ?? false
}

private func headers(_ status: PathStatus) throws -> HTTPFields {
  var fields: HTTPFields = [.contentType: "application/x-tar"]
  fields[.containerPathStatus] = Data(try encodeJSON(status)).base64EncodedString()
  return fields
}

/// An answer of bytes as they are. When they cannot all be had, the connection breaks off without an end.
func streamedArchive(
  _ request: Request, _ headers: HTTPFields, _ produce: @escaping @Sendable (Outbox) async throws -> Void
) -> Response {
  let body = ResponseBody { writer in
    try await request.body.consumeWithCancellationOnInboundClose { _ in
      let outbox = Outbox()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer { outbox.finish() }
          try await produce(outbox)
        }
        defer { outbox.close() }
        while let bytes = await outbox.next() { try await writer.write(ByteBuffer(bytes: bytes)) }
        try await group.waitForAll()
        try Task.checkCancellation()
      }
    }
    try await writer.finish(nil)
  }
  return Response(status: .ok, headers: headers, body: body)
}
