import Backend
import EngineWire
import Hummingbird
import StackModel

/// `POST /stacks/{project}/operations`: carries a `StackRequest` out; streams `event`s, then the `report` or an `error`. A client that goes away cancels.
/// With `Muster-Digest` and without a body: the request that came under that digest before, or 204.
///
/// `GET /events?project=&since=&until=&filters=`: what happens, from now on or from `since` on, as Docker's `/events`.
func addOperationRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  let known = KnownRequests()
  router.post("stacks/:project/operations") { request, context in
    var request = request
    guard let asked = try await known.request(&request, context) else { return Response(status: .noContent) }
    return streamedLines(request) { outbox in
      let report = try await backend.carryOut(asked) { outbox.post($0) }
      outbox.post(line(StreamItem(report: report)), isEssential: true)
    }
  }
  router.get("events") { request, _ in
    let name = request.uri.queryParameters["project"].map { ProjectName(String($0)) }
    if let name { try check(name) }
    var asked = EventRequest(project: name, since: try moment(request, "since"), until: try moment(request, "until"))
    try asked.filter(by: try filters(request))
    let events = try await backend.events(asked)
    return streamedLines(request) { outbox in
      for try await event in events { await outbox.send(line(StreamItem(event: event))) }
    }
  }
}

private func moment(_ request: Request, _ key: String) throws(EngineError) -> Int64? {
  guard let text = request.uri.queryParameters[key[...]].map(String.init), !text.isEmpty else { return nil }
  guard let moment = EventRequest.moment(text) else {
    throw EngineError(.invalid, "\(key)=\(text) is no time", hint: "write seconds since 1970, with nanoseconds behind a point")
  }
  return moment
}

extension Outbox {
  func post(_ event: Event) { post(line(StreamItem(event: event)), isEssential: event.isEssential) }
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
