/// `x-muster.on_secret_change`: what happens to a running container when one of its secrets or configs has got another content, which its file shows
/// at once.
public enum SecretChange: Sendable, Codable, Equatable {
  /// Nothing more: the program reads the file again by itself.
  case none
  /// The first process gets a signal (`SIGHUP`).
  case signal(String)
  case restart

  /// `none`, `restart`, `signal SIGHUP`; nil: none of these.
  public init?(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("none", 1): self = .none
    case ("restart", 1): self = .restart
    case ("signal", 2): self = .signal(words[1])
    default: return nil
    }
  }

  /// As it is written in a stack file.
  public var text: String {
    switch self {
    case .none: "none"
    case .signal(let name): "signal \(name)"
    case .restart: "restart"
    }
  }
}
