import Testing

/// Imports go down. The table repeats Package.swift on purpose: who adds a dependency there says here on which floor it is.
@Suite struct LayerTests {
  static let floors: [[String]] = [
    ["CLinux", "CYAML", "CSeccomp", "CArchive"],
    ["Diagnostics", "PathPatterns", "LinuxKit", "Cgroups", "Netlink", "Seccomp", "Systemd"],
    ["StackModel", "OCI", "ShimProtocol", "Backend"],
    ["StackLoader", "Reconciler", "ContainerSetup", "ShimSetup", "Tar"],
    ["ImageStore", "ImageBuilder", "Networking", "VolumeStore", "SecretStore", "StateStore", "ContainerRuntime"],
    ["Engine"],
    ["EngineWire", "EngineAPI", "EngineClient", "Terminal"],
    ["muster", "musterd", "muster-shim", "muster-oci"],
  ]
  /// Values that look one floor up: a plan is part of what a backend is asked.
  static let exceptions: Set<String> = ["Backend → Reconciler"]

  static let floor: [String: Int] = Dictionary(
    uniqueKeysWithValues: floors.enumerated().flatMap { number, targets in targets.map { ($0, number) } })

  @Test func everyTargetHasAFloor() {
    let targets = SourceTree.shared.dependencies.keys.filter { !$0.hasSuffix("Tests") && $0 != "TestSupport" && $0 != "CProbe" }
    #expect(Set(targets) == Set(Self.floor.keys))
  }

  @Test func dependenciesGoDownOrStayOnTheirFloor() {
    for (target, dependencies) in SourceTree.shared.dependencies {
      guard let own = Self.floor[target] else { continue }
      for dependency in dependencies {
        guard let other = Self.floor[dependency], !Self.exceptions.contains("\(target) → \(dependency)") else { continue }
        #expect(other <= own, "\(target) is below \(dependency), on which it depends")
      }
    }
  }

  @Test func noTargetDependsOnItself() {
    let tree = SourceTree.shared
    for (target, dependencies) in tree.dependencies {
      for dependency in dependencies {
        #expect(!tree.closure(of: dependency).contains(target), "\(target) and \(dependency) need each other")
      }
    }
  }

  @Test func filesImportOnlyWhatTheirTargetDeclares() {
    let tree = SourceTree.shared
    let platform: Set<String> = ["Glibc", "Foundation", "FoundationEssentials", "Synchronization", "Dispatch", "RegexBuilder"]
    for target in Self.floor.keys {
      let declared = tree.dependencies[target] ?? []
      for file in tree.sources(of: target) {
        for module in file.imports where !platform.contains(module) {
          // A product of a package brings further modules (NIOCore with NIOPosix, HTTPTypes with Hummingbird): only our own are checked.
          guard Self.floor[module] != nil else { continue }
          #expect(declared.contains(module), "\(file.path) imports \(module)")
        }
      }
    }
  }

  @Test func theShimNeedsNoFoundation() {
    let tree = SourceTree.shared
    let closure = tree.closure(of: "muster-shim")
    #expect(closure.isSuperset(of: ["ShimProtocol", "ShimSetup", "LinuxKit"]))
    for target in closure {
      for file in tree.sources(of: target) {
        let heavy = file.imports.filter { $0.hasPrefix("Foundation") || $0 == "Dispatch" || $0.hasPrefix("NIO") }
        #expect(heavy.isEmpty, "\(file.path), which is part of muster-shim, imports \(heavy)")
      }
    }
  }

  /// It forks: no threads, so nothing that may make one. JSON is what it has FoundationEssentials for.
  @Test func theRuntimeNeedsNoMoreThanJSON() {
    let tree = SourceTree.shared
    for target in tree.closure(of: "muster-oci") {
      for file in tree.sources(of: target) {
        let heavy = file.imports.filter { $0 == "Foundation" || $0 == "Dispatch" || $0.hasPrefix("NIO") }
        #expect(heavy.isEmpty, "\(file.path), which is part of muster-oci, imports \(heavy)")
        if target != "muster-oci" { #expect(!file.imports.contains("FoundationEssentials"), "\(file.path)") }
      }
    }
  }

  @Test func theKernelsFloorAndTheValuesNeedNoFoundation() {
    for target in Self.floors[1] + Self.floors[2] {
      for file in SourceTree.shared.sources(of: target) { #expect(!file.imports.contains("Foundation"), "\(file.path) imports Foundation") }
    }
  }
}
