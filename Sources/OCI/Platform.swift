/// What an image runs on (OCI Image Specification, "platform"); `linux/amd64`, `linux/arm/v7`.
public struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
  public var os: String
  public var architecture: String
  public var variant: String?

  public init(os: String = "linux", architecture: String, variant: String? = nil) {
    self.os = os
    self.architecture = architecture
    self.variant = variant
  }

  /// nil unless it is `os/architecture[/variant]`; Go's other names for an architecture are normalised (`x86_64`, `aarch64`).
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { $0.lowercased() }
    guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    let names = ["x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386"]
    let architecture = names[parts[1]] ?? parts[1]
    var variant = parts.count == 3 ? parts[2] : nil
    if architecture == "arm64", variant == "v8" { variant = nil }
    if architecture == "amd64", variant == "v1" { variant = nil }
    self.init(os: parts[0], architecture: architecture, variant: variant)
  }

  /// This program's own.
  public static var current: Platform {
    #if arch(x86_64)
      Platform(architecture: "amd64")
    #elseif arch(arm64)
      Platform(architecture: "arm64")
    #elseif arch(arm)
      Platform(architecture: "arm", variant: "v7")
    #elseif arch(riscv64)
      Platform(architecture: "riscv64")
    #else
      #error("add this architecture's name in Go's spelling")
    #endif
  }

  public var description: String { "\(os)/\(architecture)" + (variant.map { "/" + $0 } ?? "") }
}
