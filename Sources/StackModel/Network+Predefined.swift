extension Network {
  /// What a network stands for that is never made: that of the machine, or none at all, by its driver or as one that exists.
  public var predefined: NetworkMode? {
    switch requests?.driver ?? (isExternal ? name.rawValue : "") {
    case "host": .host
    case "none", "null": NetworkMode.none
    default: nil
    }
  }
}
