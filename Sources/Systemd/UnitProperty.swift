/// A property of a unit (org.freedesktop.systemd1(5)), as it is given when the unit is made or changed.
public struct UnitProperty: Sendable, Equatable {
  public var name: String
  public var value: BusValue

  public init(_ name: String, _ value: BusValue) {
    self.name = name
    self.value = value
  }
}
