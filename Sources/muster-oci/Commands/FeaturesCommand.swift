import LinuxKit

/// `features`: what this runtime can do (features.md).
func featuresCommand(_ call: Call) throws -> Int32 {
  try Words(call.words, Words.Grammar(), command: "features").expect(0, "features")
  print(JSON.pretty(Features()))
  return 0
}

private struct Features: Encodable {
  struct Linux: Encodable {
    struct Switch: Encodable { var enabled: Bool }
    struct Cgroup: Encodable {
      var v1 = true
      var v2 = true
      var systemd = true
      var systemdUser = false
      var rdma = false
    }
    struct Seccomp: Encodable {
      var enabled = true
      var actions = [
        "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
        "SCMP_ACT_TRACE",
        "SCMP_ACT_TRAP",
      ]
      var operators = [
        "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE",
      ]
      #if arch(x86_64)
        var archs = ["SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]
      #else
        var archs = ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
      #endif
      var knownFlags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"]
      var supportedFlags = ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"]
    }
    struct MountExtensions: Encodable { var idmap = Switch(enabled: true) }
    var namespaces = ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"]
    var capabilities = CapabilitySet.known.names
    var cgroup = Cgroup()
    var seccomp = Seccomp()
    var apparmor = Switch(enabled: true)
    var selinux = Switch(enabled: false)
    var intelRdt = Switch(enabled: false)
    var mountExtensions = MountExtensions()
  }
  var ociVersionMin = "1.0.0"
  var ociVersionMax = "1.1.0"
  var hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
  var mountOptions = [
    "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "idmap", "noatime", "nodev", "nodiratime", "noexec",
    "norelatime",
    "nostrictatime", "nosuid", "nosymfollow", "private", "rbind", "relatime", "ridmap", "ro", "rprivate", "rro", "rshared", "rslave",
    "runbindable",
    "rw",
    "shared", "slave", "strictatime", "suid", "symfollow", "sync", "tmpcopyup", "unbindable",
  ]
  var linux = Linux()
}
