/// `nlmsghdr.nlmsg_type` below the families' own.
enum MessageType {
  static let error: UInt16 = 2
  static let done: UInt16 = 3
}

/// `nlmsghdr.nlmsg_flags`.
public enum HeaderFlags {
  public static let request: UInt16 = 0x1
  public static let ack: UInt16 = 0x4
  public static let dump: UInt16 = 0x300
  public static let replace: UInt16 = 0x100
  public static let exclusive: UInt16 = 0x200
  public static let create: UInt16 = 0x400
  public static let append: UInt16 = 0x800
  /// In an error: the request's payload is left out.
  static let capped: UInt16 = 0x100
  /// In an error: attributes follow.
  static let errorAttributes: UInt16 = 0x200
}
