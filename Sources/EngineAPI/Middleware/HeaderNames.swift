import EngineWire
import HTTPTypes

extension HTTPField.Name {
  // The literals are valid names, so the fallback is never taken.
  static let musterAPI = HTTPField.Name(Wire.apiHeader) ?? .accept
  static let musterVersion = HTTPField.Name(Wire.versionHeader) ?? .accept
  static let musterTrace = HTTPField.Name(Wire.traceHeader) ?? .accept
  static let musterDigest = HTTPField.Name(Wire.digestHeader) ?? .accept
  static let containerPathStatus = HTTPField.Name("X-Docker-Container-Path-Stat") ?? .accept
}
