import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// An exchange that brought no answer, or not all of it.
struct TransportError: Error {
  enum Cause: Equatable {
    case nameUnknown
    case refused
    case unreachable(String)
    case timedOut
    case brokenOff
    case tls(String)
  }
  var cause: Cause
  var origin: Origin
  /// Whether the same may go well soon: of a host that has never answered, a refusal is an answer.
  var isTransient: Bool

  init(_ error: any Error, _ origin: Origin, wasReached: Bool) {
    self.origin = origin
    cause = Self.cause(error)
    switch cause {
    case .nameUnknown, .refused, .unreachable: isTransient = wasReached
    case .timedOut, .brokenOff: isTransient = true
    case .tls: isTransient = false
    }
  }

  private static func cause(_ error: any Error) -> Cause {
    switch error {
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return cause(first.error) }
      return .nameUnknown
    case let error as IOError:
      switch error.errnoCode {
      case ECONNREFUSED: return .refused
      case ECONNRESET, EPIPE: return .brokenOff
      case ETIMEDOUT: return .timedOut
      default: return .unreachable(String(cString: strerror(error.errnoCode)))
      }
    case is ChannelError, is SlowAnswer: return .timedOut
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout: return .timedOut
      case .tlsHandshakeTimeout: return .tls("no end of the handshake")
      default: return .brokenOff
      }
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
      return .tls(shown(String(describing: error)))
    default: return .brokenOff
    }
  }

  /// For people.
  func told(_ endpoint: RegistryEndpoint) -> RegistryError {
    let host =
      origin.authority == endpoint.registry
      ? "the registry \(origin.authority)" : "\(origin.authority), for the registry \(endpoint.registry)"
    switch cause {
    case .nameUnknown:
      return RegistryError(
        .unavailable, "\(host) cannot be reached: its name is not known", hint: "look at the name, and at this machine's network")
    case .refused: return RegistryError(.unavailable, "\(host) cannot be reached: connection refused")
    case .unreachable(let reason): return RegistryError(.unavailable, "\(host) cannot be reached: \(reason)")
    case .timedOut: return RegistryError(.timedOut, "\(host) does not answer in time")
    case .brokenOff: return RegistryError(.unavailable, "\(host) broke the connection off")
    case .tls(let reason):
      return RegistryError(
        .unavailable, "\(host) has no certificate that is trusted here: \(reason)",
        hint: "put its authority's certificate at /etc/muster/certs.d/\(origin.authority)/ca.crt")
    }
  }
}
