public import Backend
import Cgroups
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import OCI
import Reconciler

extension LocalBackend {
  public func information() async throws -> SystemInformation {
    let capabilities = try await probe()
    var states: [ContainerState] = []
    for container in await containers.all() { states.append(await container.observed.state) }
    let running = states.count { $0 == .running || $0 == .restarting }
    let paused = states.count { $0 == .paused }
    var options = ["name=seccomp,profile=builtin"]
    if host.appArmor.isEnabled { options.insert("name=apparmor", at: 0) }
    if userMapping != nil { options.append("name=userns") }
    options.append("name=cgroupns")
    return SystemInformation(
      ID: identity, Name: hostName(), ServerVersion: capabilities.version, Containers: states.count, ContainersRunning: running,
      ContainersPaused: paused, ContainersStopped: states.count - running - paused, Images: await images.list().count,
      CgroupDriver: scope == nil ? "cgroupfs" : "systemd", CgroupVersion: cgroups.version == .v2 ? "2" : "1",
      KernelVersion: capabilities.kernel, OperatingSystem: operatingSystem(), Architecture: machineName(),
      NCPU: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      MemTotal: Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))), DockerRootDir: location.root,
      SecurityOptions: options, Warnings: images.problems.map { "WARNING: \($0)" })
  }

  /// The same for an engine's directory on a machine, and telling nothing of either.
  private var identity: String {
    let machine = (try? RegularFile.read("/etc/machine-id", limit: 100)) ?? []
    let hex = ContentHash.of(machine + Array(location.root.utf8)).hex
    let parts = [8, 4, 4, 4, 12].reduce(into: (parts: [String](), rest: hex[...])) { made, length in
      made.parts.append(String(made.rest.prefix(length)))
      made.rest = made.rest.dropFirst(length)
    }
    return parts.parts.joined(separator: "-")
  }
}

/// `PRETTY_NAME` of os-release(5).
private func operatingSystem() -> String {
  for path in ["/etc/os-release", "/usr/lib/os-release"] {
    guard let bytes = try? RegularFile.read(path, limit: 65536) else { continue }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
      return String(line.dropFirst("PRETTY_NAME=".count)).filter { $0 != "\"" }
    }
  }
  return "Linux"
}

private func machineName() -> String {
  var name = utsname()
  uname(&name)
  return withUnsafeBytes(of: name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
