import Backend
import EngineWire
import Hummingbird
import StackModel

/// `POST /sessions`: `exec` and `run`, both directions at once in one exchange of `SessionFrame`s.
func addSessionRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.post("sessions") { request, _ in
    streamed(request, type: Wire.frames) { body, outbox in
      let last: SessionFrame
      do {
        last = SessionFrame(.exit, try encodeJSON(SessionFrame.Exit(code: try await session(backend, body, outbox))))
      } catch {
        last = SessionFrame(.error, (try? encodeJSON(engineError(error))) ?? [])
      }
      outbox.post(last.bytes, isEssential: true)
    }
  }
}

/// Runs one session to its exit code.
private func session(_ backend: any Backend, _ body: RequestBody, _ outbox: Outbox) async throws -> Int32 {
  let reader = FrameReader(body)
  guard let first = try await reader.next(), first.type == SessionFrame.Request.request.rawValue else {
    throw EngineError(.invalid, "a session starts with its request")
  }
  let asked = try decodeJSON(SessionRequest.self, first.payload)
  switch asked {
  case .exec(let exec): if exec.container == nil { try check(exec.project) }
  case .attach: break
  case .run(let run):
    try check(run.project)
    try check(run.stack.name, is: run.project)
  }
  // Read when the engine asks for it: a process that does not read its input slows the client down.
  let input = AsyncStream<SessionInput> {
    guard let frame = try? await reader.next() else { return nil }
    return SessionInput(frame)
  }
  return try await backend.session(asked, input: input) { output in
    switch output {
    case .bytes(let bytes, let stream):
      await outbox.send(SessionFrame(stream == .stdout ? .stdout : .stderr, bytes).bytes)
    case .started(let id, let name):
      let started = SessionFrame.Started(id: id.rawValue, name: name)
      await outbox.send(SessionFrame(.started, (try? encodeJSON(started)) ?? []).bytes)
    case .warning(let text): await outbox.send(SessionFrame(.warning, Array(text.utf8)).bytes)
    }
  }
}
