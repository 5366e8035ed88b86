/// What systemd refused, or why it could not be asked.
public struct SystemdError: Error, Sendable, CustomStringConvertible {
  /// Of D-Bus: `org.freedesktop.systemd1.UnitExists`; nil when the call itself failed.
  public var name: String?
  public var message: String

  init(_ message: String, name: String? = nil) {
    self.message = message
    self.name = name
  }

  public var description: String { "systemd: " + message }
}
