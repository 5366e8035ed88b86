import Backend
import EngineWire
import Hummingbird
import StackModel

/// `POST /stacks/{project}/operations`: carries a `StackRequest` out; streams `event`s, then the `report` or an `error`. A client that goes away cancels.
///
/// `GET /events?project=`: everything that happens from now on.
func addOperationRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.post("stacks/:project/operations") { request, context in
    var request = request
    let asked = try await stackRequest(&request, context)
    return streamedLines(request) { outbox in
      let report = try await backend.carryOut(asked) { event in
        outbox.post(line(StreamItem(event: event)), isEssential: event.isEssential)
      }
      outbox.post(line(StreamItem(report: report)), isEssential: true)
    }
  }
  router.get("events") { request, _ in
    let name = request.uri.queryParameters["project"].map { ProjectName(String($0)) }
    if let name { try check(name) }
    let events = try await backend.events(name)
    return streamedLines(request) { outbox in
      for try await event in events { await outbox.send(line(StreamItem(event: event))) }
    }
  }
}

extension Event {
  /// Whether it must arrive even when its reader is far behind. Output of a build need not, nor how far a layer is.
  var isEssential: Bool {
    switch kind {
    case .output: false
    case .progress(let progress): progress.bytes == nil
    default: true
    }
  }
}
