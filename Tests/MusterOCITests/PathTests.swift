import Glibc
import OCI
import TestSupport
import Testing

/// Descriptors, not paths: what strace(1) sees of a container's making.
@Suite(
  .enabled(if: geteuid() == 0, "makes containers"), .enabled(if: SystemCallTrace.isThere, "no strace to count system calls with"),
  .timeLimit(.minutes(10))) struct PathTests
{
  @Test func noSystemCallTakesAPathIntoARoot() async throws {
    let bundle = try Bundle()
    var spec = bundle.spec("sh", "-c", "echo in $PWD")
    spec.process.cwd = "/made/on/the/way"
    spec.mounts.append(RuntimeSpec.Mount(destination: "/etc/file", type: "bind", source: "/etc/hostname", options: ["bind", "ro"]))
    spec.mounts.append(RuntimeSpec.Mount(destination: "/tmp/deep/er", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]))
    spec.linux.devices = [RuntimeSpec.Device(type: "c", path: "/dev/mine/null", major: 1, minor: 3, fileMode: 0o600)]
    spec.linux.maskedPaths = ["/proc/keys", "/proc/scsi", "/sys/firmware"]
    spec.linux.readonlyPaths = ["/proc/sys"]
    spec.root.readonly = true
    try bundle.write(spec)
    let trace = try SystemCallTrace()
    let outcome = try await run(
      trace.command + [bundle.program, "--root", bundle.directory("run"), "run", bundle.id], directory: bundle.directory.path)
    #expect(try outcome.expect().output == "in /made/on/the/way\n")
    let found = try trace.pathsIntoRoots()
    #expect(found.roots == 1 && found.calls > 50)
    #expect(found.paths == [])
    print("descriptors, not paths: \(found.calls) calls with a string, \(found.paths.count) paths into a root")
  }
}
