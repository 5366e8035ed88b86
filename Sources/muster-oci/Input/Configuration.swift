import Glibc
import LinuxKit
import OCI

/// A bundle's `config.json`, checked for what this runtime cannot honour.
enum Configuration {
  /// The longest that is read, in bytes.
  private static let limit = 16 << 20

  /// What the specification knows and this runtime does not. Properties that the specification does not know are ignored, as it demands.
  static let refused = [
    "vm", "process.selinuxLabel", "process.ioPriority", "process.scheduler", "process.execCPUAffinity", "linux.intelRdt",
    "linux.personality",
    "linux.mountLabel", "linux.timeOffsets", "linux.netDevices", "linux.memoryPolicy", "linux.resources.rdma", "linux.resources.network",
    "linux.resources.hugepageLimits", "linux.resources.memory.kernel", "linux.resources.memory.kernelTCP",
    "linux.resources.memory.checkBeforeUpdate", "linux.resources.cpu.burst", "linux.resources.cpu.idle",
    "linux.resources.blockIO.leafWeight", "linux.seccomp.listenerPath",
  ]

  static func read(_ path: String) throws -> (spec: RuntimeSpec, bytes: [UInt8]) {
    let bytes: [UInt8]
    do throws(KernelError) {
      bytes = try Descriptor.open(path, O_RDONLY).readAll(limit: limit)
    } catch {
      throw Failure("\(path): \(error.reason.lowercased())")
    }
    return (try parse(bytes, name: path), bytes)
  }

  static func parse(_ bytes: [UInt8], name: String) throws -> RuntimeSpec {
    let tree = try JSON.read(bytes, as: JSONTree.self, name: name)
    for path in refused where !tree.values(at: path.split(separator: ".")[...]).allSatisfy(\.isEmpty) {
      throw Failure("\(name): \(path) is not supported")
    }
    return try JSON.read(bytes, as: RuntimeSpec.self, name: name)
  }
}
