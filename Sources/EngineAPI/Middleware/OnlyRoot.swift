import Backend
import EngineWire
import Glibc
import Hummingbird
import NIOCore

/// Lets only root's processes in, no browsers, and only those who speak this API.
struct OnlyRoot: RouterMiddleware {
  func handle(
    _ request: Request, context: EngineContext, next: (Request, EngineContext) async throws -> Response
  ) async throws -> Response {
    let peer = try await credentials(of: context.channel)
    guard peer.uid == 0 else {
      throw EngineError(.denied, "the engine's socket is root's alone; this is user \(peer.uid)", hint: "use sudo")
    }
    // A page in a browser must not reach the engine through some forwarder of the socket.
    guard request.headers[.origin] == nil else { throw EngineError(.denied, "requests of web pages are refused") }
    if let api = request.headers[.musterAPI], api != MusterVersion.api {
      throw EngineError(
        .invalid, "this engine is version \(MusterVersion.version) (API \(MusterVersion.api)), the command speaks API \(api.prefix(20))",
        hint: "use the command that came with the engine, or restart the engine with the command's version")
    }
    return try await next(request, context)
  }

  /// `SO_PEERCRED` of `unix(7)`.
  private func credentials(of channel: any Channel) async throws -> PeerCredentials {
    guard let options = channel as? any SocketOptionProvider else {
      throw EngineError(.internal, "the connection does not say who is at its other end")
    }
    return try await options.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)).get()
  }
}

/// `struct ucred` of `unix(7)`, field by field.
private struct PeerCredentials: Sendable {
  var pid: Int32
  var uid: UInt32
  var gid: UInt32
}
