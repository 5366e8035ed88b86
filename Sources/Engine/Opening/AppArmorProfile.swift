import Backend
import ContainerSetup
import Glibc
import LinuxKit
import SystemPackage

/// The profile that containers run under that ask for none: the rules of Docker's `docker-default`.
enum AppArmorProfile {
  static let name = "muster-default"

  /// What this machine has, with the profile loaded where that can be done; and what is to be told when it cannot.
  static func load(_ location: EngineLocation) -> (facts: AppArmorFacts, problem: String?) {
    guard text("/sys/module/apparmor/parameters/enabled").hasPrefix("Y") else { return (AppArmorFacts(), nil) }
    var facts = AppArmorFacts(isEnabled: true, isLoaded: isLoaded)
    do {
      try loadStandard(marker: location.runDirectory + "/apparmor")
      facts.standard = name
      return (facts, nil)
    } catch {
      // Somebody has loaded one of that name before.
      if isLoaded(name) { facts.standard = name }
      let outcome =
        facts.standard == nil ? "containers run without an AppArmor profile" : "the AppArmor profile \(name) may be an older one"
      return (facts, "\(outcome): \(error)")
    }
  }

  /// Parsing it takes a moment: what this engine has loaded since the machine's start is not loaded again.
  private static func loadStandard(marker: String) throws {
    let rules = rules(
      hasTunables: exists("/etc/apparmor.d/tunables/global"), hasBase: exists("/etc/apparmor.d/abstractions/base"),
      own: text("/proc/self/attr/apparmor/current"))
    if isLoaded(name), text(marker) == rules { return }
    guard let parser = ["/usr/sbin/apparmor_parser", "/sbin/apparmor_parser"].first(where: exists) else {
      throw EngineError(.unavailable, "apparmor_parser is not installed; it comes with Debian's package apparmor")
    }
    // -K: without its cache, -r: in place of an older one.
    let result = try ProgramOutput.of(
      [parser, "-Kr"], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], input: try memoryFile(name: "profile", Array(rules.utf8)),
      limit: 1 << 16, seconds: 60)
    guard result.code == 0 else {
      let said = String(decoding: result.errors, as: UTF8.self).split(separator: "\n").joined(separator: "; ")
      throw EngineError(.unavailable, "apparmor_parser ended with status \(result.code): \(said)")
    }
    try atomicWrite(FilePath(marker), Array(rules.utf8), mode: 0o600)
  }

  /// `name (mode)` a line.
  private static let isLoaded: @Sendable (String) -> Bool = { name in
    text("/sys/kernel/security/apparmor/profiles").split(separator: "\n").contains { $0.hasPrefix(name + " (") }
  }

  private static func text(_ path: String) -> String {
    (try? String(decoding: Descriptor.open(path, O_RDONLY).readAll(limit: 16 << 20), as: UTF8.self)) ?? ""
  }

  private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The profile's text (apparmor.d(5)). `own`: this process's profile, as `/proc/self/attr/apparmor/current` has it.
  static func rules(hasTunables: Bool, hasBase: Bool, own: String) -> String {
    let engine = own.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "unconfined"
    var peers = ["unconfined"]
    if engine != "unconfined", engine.allSatisfy({ $0.isLetter || $0.isNumber || "-_./".contains($0) }) { peers.append(engine) }
    return """
      \(hasTunables ? "#include <tunables/global>" : "@{PROC}=/proc/")

      profile \(name) flags=(attach_disconnected,mediate_deleted) {
        \(hasBase ? "#include <abstractions/base>" : "")
        network,
        deny network alg,
        capability,
        file,
        umount,

        # The host's processes may signal the container's, and these each other.
        \(peers.map { "signal (receive) peer=\($0)," }.joined(separator: "\n  "))
        signal (send,receive) peer=\(name),
        ptrace (trace,read,tracedby,readby) peer=\(name),

        # Of /proc, only what belongs to a process, and of /proc/sys only kernel/shm*, may be written.
        deny @{PROC}/* w,
        deny @{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9/]*}/** w,
        deny @{PROC}/sys/[^k]** w,
        deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,
        deny @{PROC}/sysrq-trigger rwklx,
        deny @{PROC}/kcore rwklx,

        deny mount,

        # Of /sys, only the control groups.
        deny /sys/[^f]*/** wklx,
        deny /sys/f[^s]*/** wklx,
        deny /sys/fs/[^c]*/** wklx,
        deny /sys/fs/c[^g]*/** wklx,
        deny /sys/fs/cg[^r]*/** wklx,
        deny /sys/firmware/** rwklx,
        deny /sys/devices/virtual/powercap/** rwklx,
        deny /sys/kernel/security/** rwklx,
      }

      """
  }
}
