// swift-tools-version: 6.2
import PackageDescription

// A package of its own: nobody who builds Muster builds its benchmarks.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
  targets: [
    .executableTarget(
      name: "bench", dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
    .executableTarget(name: "floor", cSettings: [.define("_GNU_SOURCE")]),
    // Static: it runs in containers that have no library.
    .executableTarget(
      name: "traffic", cSettings: [.define("_GNU_SOURCE")], linkerSettings: [.unsafeFlags(["-static-executable", "-Xlinker", "-s"])]),
  ]
)
