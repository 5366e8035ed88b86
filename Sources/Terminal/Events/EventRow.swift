public import Backend
import StackModel

/// An event with the names of Docker's, for templates: `{{.Type}} {{.Action}} {{.Actor.Attributes.name}}`.
public struct EventRow: Sendable, Encodable {
  public struct Subject: Sendable, Encodable {
    public var ID: String
    public var Attributes: [String: String]
  }
  public var Status: String
  public var ID: String
  public var From: String
  public var `Type`: String
  public var Action: String
  public var Actor: Subject
  public var Scope = "local"
  /// Seconds since 1970.
  public var Time: Int64
  public var TimeNano: Int64

  public init(_ message: EventMessage) {
    // The first three are of containers and images, from before there were others.
    let isOld = ["container", "image"].contains(message.type)
    Status = isOld ? message.action : ""
    ID = isOld ? message.id : ""
    From = message.type == "container" ? message.image ?? "" : ""
    Type = message.type
    Action = message.action
    Actor = Subject(ID: message.id, Attributes: message.attributes)
    Time = message.at / 1_000_000_000
    TimeNano = message.at
  }
}

/// The same as Docker writes it in JSON, where some names have small letters and what is empty is left out.
public struct EventObject: Sendable, Encodable {
  private enum Key: String, CodingKey {
    case status, id, from
    case type = "Type"
    case action = "Action"
    case actor = "Actor"
    case scope, time, timeNano
  }
  private let row: EventRow

  public init(_ message: EventMessage) { row = EventRow(message) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (key, text) in [(Key.status, row.Status), (.id, row.ID), (.from, row.From)] where !text.isEmpty {
      try container.encode(text, forKey: key)
    }
    try container.encode(row.Type, forKey: .type)
    try container.encode(row.Action, forKey: .action)
    try container.encode(row.Actor, forKey: .actor)
    try container.encode(row.Scope, forKey: .scope)
    try container.encode(row.Time, forKey: .time)
    try container.encode(row.TimeNano, forKey: .timeNano)
  }
}

/// The same as Compose writes it in JSON.
public struct ComposeEvent: Sendable, Encodable {
  public var time: String
  public var type: String
  public var service: String?
  public var id: String
  public var action: String
  public var attributes: [String: String]

  public init(_ message: EventMessage) {
    time = Timestamp.text(message.at)
    type = message.type
    service = message.service?.rawValue
    id = message.id
    action = message.action
    attributes = message.attributes
  }
}
