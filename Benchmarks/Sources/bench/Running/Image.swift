import Foundation

/// The image that containers are made from: busybox and `traffic`, both static.
struct Image {
  /// Its file system, as a directory.
  let root: String
  /// The same as a tar file.
  let archive: String

  init(in base: String) throws {
    root = base + "/rootfs"
    archive = base + "/busybox.tar"
    try FileManager.default.createDirectory(atPath: root + "/bin", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: root + "/bin/busybox")
    try FileManager.default.copyItem(atPath: Image.sibling("traffic"), toPath: root + "/bin/traffic")
    let names = try run(["/bin/busybox", "--list"]).output.split(separator: "\n")
    for name in names where name != "busybox" {
      try FileManager.default.createSymbolicLink(atPath: "\(root)/bin/\(name)", withDestinationPath: "busybox")
    }
    try run(["tar", "-C", root, "-cf", archive, "bin"])
  }

  /// A program beside this one.
  static func sibling(_ name: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
  }
}
