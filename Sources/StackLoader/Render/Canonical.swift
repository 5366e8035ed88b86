import StackModel

/// The canonical form of a loaded stack's files.
struct Canonical {
  let loaded: LoadedStack

  func value() -> ConfigValue {
    ConfigValue(loaded.model)
  }
}
