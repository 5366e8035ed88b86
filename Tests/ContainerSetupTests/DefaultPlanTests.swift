import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

@Suite struct DefaultPlanTests {
  /// Everything that Docker does for `docker run debian`, in order.
  @Test func plainContainer() throws {
    let expected = """
      join cgroups
      unshare cgroup
      mount / rslave
      sethostname 0123456789ab
      setsid
      overlay root /layers lower=b:a upper=/c/upper work=/c/work
      mount proc /proc nosuid,nodev,noexec
      mount tmpfs /dev mode=755,size=65536k nosuid,strictatime
      mount devpts /dev/pts newinstance,ptmxmode=0666,mode=0620,gid=5 nosuid,noexec
      mount sysfs /sys ro,nosuid,nodev,noexec
      mount cgroup2 /sys/fs/cgroup ro,nosuid,nodev,noexec
      mount mqueue /dev/mqueue nosuid,nodev,noexec
      mount tmpfs /dev/shm mode=1777,size=67108864 nosuid,nodev,noexec
      mknod /dev/null character 1:3 0666 0:0
      mknod /dev/zero character 1:5 0666 0:0
      mknod /dev/full character 1:7 0666 0:0
      mknod /dev/random character 1:8 0666 0:0
      mknod /dev/urandom character 1:9 0666 0:0
      mknod /dev/tty character 5:0 0666 0:0
      symlink /dev/ptmx -> pts/ptmx
      symlink /dev/fd -> /proc/self/fd
      symlink /dev/stdin -> /proc/self/fd/0
      symlink /dev/stdout -> /proc/self/fd/1
      symlink /dev/stderr -> /proc/self/fd/2
      symlink /dev/core -> /proc/kcore
      bind /c/hostname /etc/hostname isPrivate
      bind /c/hosts /etc/hosts isPrivate
      bind /c/resolv.conf /etc/resolv.conf isPrivate
      pivot_root
      await start
      link lo up
      link mc-1 name eth0 mtu 1500 address 172.18.0.2/16
      route default via 172.18.0.1
      sysctl net.ipv4.ip_unprivileged_port_start=0
      sysctl net.ipv4.ping_group_range=0 2147483647
      read-only /proc/bus
      read-only /proc/fs
      read-only /proc/irq
      read-only /proc/sys
      read-only /proc/sysrq-trigger
      mask /proc/acpi
      mask /proc/asound
      mask /proc/interrupts
      mask /proc/kcore
      mask /proc/keys
      mask /proc/latency_stats
      mask /proc/sched_debug
      mask /proc/scsi
      mask /proc/timer_list
      mask /proc/timer_stats
      mask /sys/devices/virtual/powercap
      mask /sys/firmware
      mask /sys/fs/selinux
      new session keyring
      umask 022
      chdir /
      caps bounding a80425fb
      seccomp slot 1
      user 0
      caps effective a80425fb permitted a80425fb inheritable 0 ambient 0
      die with parent
      exec bash
      """
    #expect(try lines() == expected.split(separator: "\n").map(String.init))
  }

  @Test func descriptorsAndNamespaces() throws {
    let plan = try containerPlan(inputs())
    #expect(plan.slots == [.cgroupProcs(0), .seccomp])
    #expect(plan.cgroupSlots == [0])
    #expect(plan.joinSlots == [])
    #expect(plan.namespaces == [.mount, .network, .pid, .ipc, .uts])
    #expect(plan.runtimeSpec.linux.namespaces.map(\.type) == ["mount", "network", "uts", "pid", "ipc", "cgroup"])
    #expect(plan.capabilities.rawValue == 0xa804_25fb)
  }

  /// What runc and Docker allow, without tun.
  @Test func deviceRules() throws {
    #expect(
      try containerPlan(inputs()).limits.devices.map { ($0.allows ? "+ " : "- ") + $0.text } == [
        "- a *:* rwm", "+ c *:* m", "+ b *:* m", "+ c 1:3 rwm", "+ c 1:5 rwm", "+ c 1:7 rwm", "+ c 1:8 rwm", "+ c 1:9 rwm", "+ c 5:0 rwm",
        "+ c 5:1 rwm", "+ c 5:2 rwm", "+ c 136:* rwm",
      ])
  }

  @Test func throttledProcessorsAreMasked() throws {
    #expect(try lines { $0.host.throttledProcessors = [0, 3] }.contains("mask /sys/devices/system/cpu/cpu3/thermal_throttle"))
  }

  @Test func versionOneShowsTheContainersOwnGroups() throws {
    let steps = try lines { $0.host.cgroups = .legacy([["cpu", "cpuacct"], ["memory"]], hasUnified: true) }
    #expect(
      steps.filter { $0.contains("/sys/fs/cgroup") } == [
        "mount tmpfs /sys/fs/cgroup mode=755 nosuid,nodev,noexec",
        "mount cgroup /sys/fs/cgroup/cpu,cpuacct cpu,cpuacct ro,nosuid,nodev,noexec",
        "symlink /sys/fs/cgroup/cpu -> cpu,cpuacct",
        "symlink /sys/fs/cgroup/cpuacct -> cpu,cpuacct",
        "mount cgroup /sys/fs/cgroup/memory memory ro,nosuid,nodev,noexec",
        "mount cgroup2 /sys/fs/cgroup/unified ro,nosuid,nodev,noexec",
        "remount /sys/fs/cgroup ro,nosuid,nodev,noexec",
      ])
  }
}
