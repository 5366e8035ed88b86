// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target: Swift 6, explicit `any`, imports stay inside the file that writes them.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]
let http: [Target.Dependency] = [
  .product(name: "AsyncHTTPClient", package: "async-http-client"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let keyDerivation: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")

/// A program that needs nothing at its start: no libraries to find, no addresses to fix. With what FoundationEssentials itself needs: a static link is not
/// told by it.
func alone(_ condition: BuildSettingCondition? = nil) -> [LinkerSetting] {
  [.unsafeFlags(["-static-executable"], condition)]
    + ["FoundationEssentials", "_FoundationCollections", "_FoundationCShims"].map { .linkedLibrary($0, condition) }
}

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.target(name: name), "TestSupport"] + dependencies,
    resources: resources,
    swiftSettings: settings)
}

let package = Package(
  name: "muster",
  products: [
    .executable(name: "muster", targets: ["muster"]),
    .executable(name: "musterd", targets: ["musterd"]),
    .executable(name: "muster-shim", targets: ["muster-shim"]),
    .executable(name: "muster-oci", targets: ["muster-oci"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // L0: C
    .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

    // L1: the kernel's skin, and what a user reads
    library("Diagnostics", []),
    library("PathPatterns", []),
    library("LinuxKit", ["CLinux", system]),
    library("Cgroups", ["LinuxKit", system]),
    library("Netlink", ["LinuxKit", "CLinux", system]),
    library("Seccomp", ["LinuxKit", "CSeccomp"]),
    library("Systemd", ["LinuxKit"]),

    // L2: values
    library("StackModel", ["Diagnostics"]),
    library("OCI", []),
    library("ShimProtocol", ["LinuxKit", system]),
    library("Backend", ["Reconciler", "StackModel", "Diagnostics", "OCI"]),

    // L3: pure functions, and files to bytes and back
    library("Tar", ["LinuxKit", "CLinux"]),
    library("StackLoader", ["StackModel", "Diagnostics", "OCI", "CYAML"]),
    library("Reconciler", ["StackModel", "OCI", "Diagnostics"]),
    library("ContainerSetup", ["StackModel", "OCI", "ShimProtocol", "LinuxKit", "Seccomp"]),
    library("ShimSetup", ["ShimProtocol", "LinuxKit", "Netlink", "CLinux"]),

    // L4: effects
    library("ImageStore", ["OCI", "LinuxKit", "Tar", "CArchive", crypto, system] + nio + http),
    library(
      "ImageBuilder", ["ImageStore", "OCI", "StackModel", "Diagnostics", "PathPatterns", "LinuxKit", "Tar", crypto, system]),
    library("Networking", ["StackModel", "Netlink", "LinuxKit", system] + nio),
    library("VolumeStore", ["StackModel", "LinuxKit", system]),
    library("SecretStore", ["LinuxKit", crypto, keyDerivation, system]),
    library("StateStore", ["StackModel", "OCI", .product(name: "GRDB", package: "GRDB.swift")]),
    library("ContainerRuntime", ["ShimProtocol", "ContainerSetup", "LinuxKit", "Cgroups", "OCI", "StackModel", system]),

    // L5: the engine
    library(
      "Engine",
      [
        "Diagnostics", "LinuxKit", "Cgroups", "Netlink", "Seccomp", "Systemd", "StackModel", "OCI", "ShimProtocol", "Backend",
        "Reconciler", "ContainerSetup", "ImageStore", "Tar", "CLinux", "ImageBuilder", "Networking", "VolumeStore", "SecretStore",
        "StateStore", "ContainerRuntime", crypto, system,
      ]),

    // L6: the socket and the terminal
    library("EngineWire", ["Backend", "Reconciler", "StackModel", "Diagnostics", "OCI"]),
    library(
      "EngineAPI",
      [
        "EngineWire", "Backend", "Reconciler", "StackModel", "Diagnostics", "OCI",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ] + nio),
    library("EngineClient", ["EngineWire", "Backend", "Reconciler", "StackModel", "Diagnostics", "OCI", "LinuxKit", "CLinux", system]),
    library("Terminal", ["Backend", "Reconciler", "StackModel", "Diagnostics", "OCI"]),

    // L7: the programs
    .executableTarget(
      name: "muster",
      dependencies: [
        "StackLoader", "StackModel", "Diagnostics", "Backend", "Reconciler", "OCI", "EngineClient", "EngineWire", "Terminal",
        "Tar", "PathPatterns", "LinuxKit", "CLinux", system,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings,
      // The tests, which link this target, cannot be linked so.
      linkerSettings: alone(.when(configuration: .release))),
    .executableTarget(
      name: "musterd",
      dependencies: [
        "Engine", "EngineAPI", "Backend", "Cgroups", "LinuxKit", "Systemd", "CLinux", system,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "muster-shim",
      dependencies: ["ShimSetup", "ShimProtocol", "LinuxKit", "CLinux", system],
      swiftSettings: settings,
      linkerSettings: [.unsafeFlags(["-static-executable"])]),
    .executableTarget(
      name: "muster-oci",
      dependencies: [
        "ContainerSetup", "ShimSetup", "ShimProtocol", "OCI", "Cgroups", "Seccomp", "Systemd", "LinuxKit", "CLinux", system,
      ],
      swiftSettings: settings,
      linkerSettings: alone()),

    // Tests
    .target(name: "CProbe", path: "Tests/CProbe"),
    .target(
      name: "TestSupport", dependencies: ["LinuxKit", system], path: "Tests/TestSupport", swiftSettings: settings),
    tests("Diagnostics", []),
    tests("PathPatterns", []),
    tests("LinuxKit", ["CLinux", system]),
    tests("Cgroups", ["LinuxKit"]),
    tests("Netlink", ["LinuxKit", "CLinux"]),
    tests("Seccomp", ["LinuxKit", "CLinux", "CSeccomp", "CProbe"]),
    tests("Systemd", ["LinuxKit"]),
    tests("StackModel", []),
    tests("OCI", []),
    tests("ShimProtocol", ["LinuxKit"]),
    tests("Tar", ["LinuxKit", "CLinux"]),
    tests(
      "StackLoader", ["StackModel", "Diagnostics"],
      resources: [.copy("Config"), .copy("Corpus"), .copy("FuzzCorpus"), .copy("Mistakes"), .copy("Recorded")]),
    tests("Reconciler", ["StackModel", "OCI", "Diagnostics"]),
    tests("ContainerSetup", ["StackModel", "OCI", "ShimProtocol", "LinuxKit"]),
    tests(
      "ImageStore",
      [
        "OCI", "LinuxKit", system, .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ] + nio),
    tests("ImageBuilder", ["ImageStore", "OCI", "StackModel", "Diagnostics", "PathPatterns", "LinuxKit", system]),
    tests("Networking", ["StackModel", "Netlink", "LinuxKit", "CLinux"] + nio),
    tests("VolumeStore", ["StackModel", "LinuxKit"]),
    tests("SecretStore", ["LinuxKit", crypto, system]),
    tests("StateStore", ["StackModel", "OCI", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("ContainerRuntime", ["ShimProtocol", "ContainerSetup", "LinuxKit", "OCI", "StackModel", "Cgroups", system]),
    tests(
      "Engine",
      [
        "Cgroups", "LinuxKit", "SecretStore", "StackModel", "Reconciler", "Backend", "ContainerRuntime", "ContainerSetup", "Networking",
        "OCI", "VolumeStore", crypto, system,
      ]),
    tests("EngineWire", ["Backend", "StackModel", "Reconciler"]),
    tests("EngineClient", ["EngineAPI", "EngineWire", "Backend", "StackModel", "Reconciler", "OCI", "LinuxKit", "CLinux", system]),
    tests("Terminal", ["Backend", "Reconciler", "StackModel", "Diagnostics", "OCI"]),
    .testTarget(
      name: "MusterTests",
      dependencies: [
        "muster", "Backend", "Reconciler", "StackModel", "TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "MusterOCITests", dependencies: ["TestSupport", "LinuxKit", "OCI", "CLinux", system], swiftSettings: settings),
    .testTarget(name: "ArchitectureTests", swiftSettings: settings),
    .testTarget(
      name: "ScenarioTests", dependencies: ["TestSupport", "Backend", "Networking", "LinuxKit", system], swiftSettings: settings),
  ]
)
