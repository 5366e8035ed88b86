import Hummingbird
import NIOCore

/// What a route knows of its request beside the request itself: the connection, to ask who is at its other end.
struct EngineContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
