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
    /// The other side ended TLS, and this is the name of its reason (RFC 8446, section 6.2): `certificate required`.
    case alert(String)
  }
  var cause: Cause
  var origin: Origin
  /// Whether the host has ever answered.
  var wasReached: Bool
  /// Whether it was shown a certificate of this side.
  var hasShownCertificate: Bool
  /// Whether the same may go well soon: of a host that has never answered, a refusal is an answer.
  var isTransient: Bool

  init(_ error: any Error, _ origin: Origin, wasReached: Bool, hasShownCertificate: Bool = false) {
    self.origin = origin
    self.wasReached = wasReached
    self.hasShownCertificate = hasShownCertificate
    cause = Self.cause(error)
    switch cause {
    case .nameUnknown, .refused, .unreachable: isTransient = wasReached
    case .timedOut, .brokenOff: isTransient = true
    case .tls, .alert: isTransient = false
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
    // Gone without a word of TLS: as with a reset, the next time may be better.
    case NIOSSLError.uncleanShutdown, NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])): return .brokenOff
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
      let text = String(describing: error)
      return alert(in: text).map { .alert($0) } ?? .tls(shown(text))
    default: return .brokenOff
    }
  }

  /// `…:SSLV3_ALERT_BAD_CERTIFICATE at …`, as BoringSSL calls what the other side has sent.
  static func alert(in text: String) -> String? {
    guard let place = text.firstRange(of: "V3_ALERT_") ?? text.firstRange(of: "V1_ALERT_") else { return nil }
    let name = text[place.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
    return name.isEmpty ? nil : name.lowercased().split(separator: "_").joined(separator: " ")
  }

  /// Alerts that are about the certificate that this side shows or does not.
  private static let certificateAlerts: Set<String> = [
    "no certificate", "bad certificate", "unsupported certificate", "certificate revoked", "certificate expired", "certificate unknown",
    "certificate required", "unknown ca", "access denied", "handshake failure",
  ]

  /// Where a certificate of this side belongs.
  private var certificateHint: String {
    "put the client's certificate at /etc/muster/certs.d/\(origin.authority)/client.cert and its key at client.key beside it"
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
    case .brokenOff:
      // Whoever wants a certificate may be gone before its alert is read.
      let mayWantCertificate = origin.scheme == .https && !wasReached && !hasShownCertificate
      return RegistryError(
        .unavailable, "\(host) broke the connection off",
        hint: mayWantCertificate ? "if it wants to see a certificate, \(certificateHint)" : nil)
    case .alert(let name) where Self.certificateAlerts.contains(name):
      return hasShownCertificate
        ? RegistryError(
          .untrusted, "\(host) does not accept the client's certificate: \(name)",
          hint: "look at /etc/muster/certs.d/\(origin.authority)/client.cert: who has signed it, and until when is it valid?")
        : RegistryError(.untrusted, "\(host) wants to see a client's certificate, and there is none for it: \(name)", hint: certificateHint)
    case .alert(let name):
      return RegistryError(.unavailable, "\(host) refuses to speak TLS with this side: \(name)")
    case .tls(let reason):
      return RegistryError(
        .unavailable, "\(host) has no certificate that is trusted here: \(reason)",
        hint: "put its authority's certificate at /etc/muster/certs.d/\(origin.authority)/ca.crt")
    }
  }
}
