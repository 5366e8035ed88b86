/// This build's version, and that of the API between the command and the engine.
public enum MusterVersion {
  public static let version = "0.1.0"
  /// Changes with every change of the API that an older command or engine would misunderstand.
  public static let api = "4"
}
