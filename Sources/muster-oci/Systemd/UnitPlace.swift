import ContainerSetup

/// `linux.cgroupsPath` where systemd makes the control groups: `SLICE:PREFIX:NAME`, a scope `PREFIX-NAME.scope` in a slice.
struct UnitPlace: Equatable {
  var unit: String
  var slice: String
  /// Its control group, from the top of the tree.
  var path: String

  /// Without a path: the system's slice, and the container's id. Throws what it cannot be.
  init(_ written: String?, id: String) throws {
    let text = written.flatMap { $0.isEmpty ? nil : $0 } ?? "system.slice:muster-oci:\(id)"
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, !parts[2].isEmpty else {
      throw Failure("linux.cgroupsPath: \(text) is not SLICE:PREFIX:NAME, as --systemd-cgroup wants it")
    }
    if parts[2].hasSuffix(".slice") {
      throw Failure("linux.cgroupsPath: \(text) is a slice, in which there are no processes; name a scope")
    }
    let unit = (parts[1].isEmpty ? "" : parts[1] + "-") + parts[2] + ".scope"
    // systemd.unit(5), without what would be a path.
    let isName = unit.utf8.count < 256 && unit.utf8.allSatisfy { Self.letters.contains($0) }
    guard isName, !unit.hasPrefix(".") else { throw Failure("linux.cgroupsPath: \(unit) is no name of a unit") }
    self.unit = unit
    slice = parts[0].isEmpty ? "system.slice" : parts[0]
    path = try Self.path(of: slice) + "/" + unit
  }

  private static let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:-_.\\@".utf8)

  /// `a-b.slice` is in `a.slice` (systemd.slice(5)); `-.slice` is the top.
  private static func path(of slice: String) throws -> String {
    if slice == "-.slice" { return "" }
    let name = slice.hasSuffix(".slice") ? String(slice.dropLast(6)) : ""
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard !name.isEmpty, !parts.contains(""), name.utf8.allSatisfy({ Self.letters.contains($0) }), !name.hasPrefix(".") else {
      throw Failure("linux.cgroupsPath: \(slice) is no name of a slice")
    }
    return (1...parts.count).map { "/" + parts[..<$0].joined(separator: "-") + ".slice" }.joined()
  }
}
