/// A piece of a session's conversation: `[type: u8][length: u32, big endian][payload]`, in both directions of one HTTP exchange.
///
/// The asker's first frame is `request`; the engine's last is `exit` or `error`.
public struct SessionFrame: Sendable, Equatable {
  /// What the asker sends.
  public enum Request: UInt8, Sendable {
    /// A `SessionRequest` in JSON.
    case request = 0
    case input = 1
    case endOfInput = 2
    /// Rows and columns, `u16` each, big endian.
    case resize = 3
    /// A signal's number, `u8`.
    case signal = 4
    /// Who asked leaves, the process goes on.
    case detach = 5
  }
  /// What the engine sends.
  public enum Answer: UInt8, Sendable {
    case stdout = 1
    case stderr = 2
    /// `{"code": 0}`
    case exit = 3
    /// An `EngineError` in JSON.
    case error = 4
    /// `{"id": …, "name": …}`
    case started = 5
    /// Text for the user.
    case warning = 6
  }

  /// Payload of `exit`.
  public struct Exit: Sendable, Codable, Equatable {
    public var code: Int32
    public init(code: Int32) { self.code = code }
  }
  /// Payload of `started`.
  public struct Started: Sendable, Codable, Equatable {
    public var id: String
    public var name: String
    public init(id: String, name: String) {
      self.id = id
      self.name = name
    }
  }

  public var type: UInt8
  public var payload: [UInt8]
  public init(type: UInt8, payload: [UInt8] = []) {
    self.type = type
    self.payload = payload
  }
  public init(_ request: Request, _ payload: [UInt8] = []) { self.init(type: request.rawValue, payload: payload) }
  public init(_ answer: Answer, _ payload: [UInt8] = []) { self.init(type: answer.rawValue, payload: payload) }

  /// As it travels.
  public var bytes: [UInt8] {
    let count = UInt32(payload.count)
    return [type, UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)] + payload
  }
}
