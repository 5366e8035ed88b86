public import Backend

/// What `system info` prints, in Docker's lines.
public func informationText(_ information: SystemInformation) -> String {
  let lines: [(String, String)] = [
    ("Containers", "\(information.Containers)"), (" Running", "\(information.ContainersRunning)"),
    (" Paused", "\(information.ContainersPaused)"), (" Stopped", "\(information.ContainersStopped)"), ("Images", "\(information.Images)"),
    ("Server Version", information.ServerVersion), ("Storage Driver", information.Driver), ("Logging Driver", information.LoggingDriver),
    ("Cgroup Driver", information.CgroupDriver), ("Cgroup Version", information.CgroupVersion),
  ]
  let plugins = information.Plugins.map { plugins in
    [
      ("Plugins", ""), (" Volume", plugins.Volume.joined(separator: " ")), (" Network", plugins.Network.joined(separator: " ")),
      (" Log", plugins.Log.joined(separator: " ")),
    ]
  }
  let security = [("Default Runtime", information.DefaultRuntime), ("Security Options", "")]
  let after: [(String, String)] = [
    ("Kernel Version", information.KernelVersion), ("Operating System", information.OperatingSystem), ("OSType", information.OSType),
    ("Architecture", information.Architecture), ("CPUs", "\(information.NCPU)"), ("Total Memory", binarySize(information.MemTotal)),
    ("Name", information.Name), ("ID", information.ID), ("Docker Root Dir", information.DockerRootDir),
  ]
  func text(_ lines: [(String, String)]) -> String { lines.map { " \($0.0): \($0.1)".trimmedEnd + "\n" }.joined() }
  let options = information.SecurityOptions.map { option in
    let parts = option.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    let name = parts.first?.last ?? option
    let more = parts.dropFirst().map { "   \($0.first == "profile" ? "Profile" : $0.first ?? ""): \($0.last ?? "")\n" }.joined()
    return "  \(name)\n" + more
  }.joined()
  return "Server:\n" + text(lines + (plugins ?? []) + security) + options + text(after)
}

/// A size in powers of 1024: `7.76GiB`.
func binarySize(_ bytes: Int64) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
  var size = Double(max(0, bytes))
  var unit = 0
  while size >= 1024, unit < units.count - 1 {
    size /= 1024
    unit += 1
  }
  let decimals = size >= 100 || unit == 0 ? 0 : size >= 10 ? 1 : 2
  let scale = decimals == 0 ? 1.0 : decimals == 1 ? 10.0 : 100.0
  let rounded = Int64((size * scale).rounded())
  guard decimals > 0 else { return "\(rounded)\(units[unit])" }
  let digits = String(rounded % Int64(scale))
  return "\(rounded / Int64(scale)).\(String(repeating: "0", count: decimals - digits.count))\(digits)\(units[unit])"
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
