public import Backend

extension SessionInput {
  /// As a frame of the asker.
  public var frame: SessionFrame {
    switch self {
    case .bytes(let bytes): SessionFrame(.input, bytes)
    case .endOfInput: SessionFrame(.endOfInput)
    case .resize(let rows, let columns):
      SessionFrame(.resize, [UInt8(rows >> 8), UInt8(rows & 255), UInt8(columns >> 8), UInt8(columns & 255)])
    case .signal(let number): SessionFrame(.signal, [UInt8(truncatingIfNeeded: number)])
    case .detach: SessionFrame(.detach)
    }
  }

  /// nil: not a frame that says any of this.
  public init?(_ frame: SessionFrame) {
    let payload = frame.payload
    switch SessionFrame.Request(rawValue: frame.type) {
    case .input: self = .bytes(payload)
    case .endOfInput where payload.isEmpty: self = .endOfInput
    case .resize where payload.count == 4:
      self = .resize(
        rows: UInt16(payload[0]) << 8 | UInt16(payload[1]), columns: UInt16(payload[2]) << 8 | UInt16(payload[3]))
    case .signal where payload.count == 1 && (1...64).contains(payload[0]): self = .signal(Int32(payload[0]))
    case .detach where payload.isEmpty: self = .detach
    default: return nil
    }
  }
}
