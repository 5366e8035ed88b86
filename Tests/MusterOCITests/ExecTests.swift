import Foundation
import Glibc
import LinuxKit
import OCI
import TestSupport
import Testing

@Suite(.enabled(if: geteuid() == 0, "makes containers"), .timeLimit(.minutes(10))) struct ExecTests {
  let bundle: Bundle
  init() throws { bundle = try Bundle() }

  @Test func joinsTheContainer() async throws {
    try bundle.write(bundle.spec("sleep", "1000"))
    try await bundle.oci("run", "-d", bundle.id).expect()
    let outcome = try await bundle.oci(
      "exec", "-e", "A=b", "--cwd", "/bin", "--user", "1000:7", "-g", "9", bundle.id, "sh", "-c",
      "hostname; pwd; echo $A; id -u; id -G; grep -cv ':/$' /proc/self/cgroup; ls /proc/self/fd | grep -c .; exit 9")
    #expect(outcome.status == 9)
    #expect(outcome.output == "inside\n/bin\nb\n1000\n7 9\n0\n4\n")
    let missing = try await bundle.oci("exec", bundle.id, "nonsuch").expect(1)
    #expect(missing.errors.contains("executable file not found in $PATH"))
    try await bundle.oci("kill", bundle.id, "KILL").expect()
    try await bundle.reaches("stopped")
    #expect(try await bundle.oci("exec", bundle.id, "id").expect(1).errors.contains("stopped container"))
  }

  @Test func aProcessFromAFile() async throws {
    try bundle.write(bundle.spec("sleep", "1000"))
    try await bundle.oci("run", "-d", bundle.id).expect()
    try bundle.directory.write(
      "process.json", #"{"args":["/bin/sh","-c","id -u; pwd; echo done >/data/done"],"cwd":"/tmp","user":{"uid":0,"gid":0}}"#)
    let outcome = try await bundle.oci("exec", "--process", bundle.directory("process.json"), bundle.id).expect()
    #expect(outcome.output == "0\n/tmp\n")
    unlink(bundle.directory("rootfs/data/done"))
    try await bundle.oci(
      "exec", "-d", "--pid-file", bundle.directory("pid"), "--process", bundle.directory("process.json"), bundle.id
    ).expect()
    while !exists(bundle.directory("rootfs/data/done")) { try await Task.sleep(for: .milliseconds(10)) }
    #expect(Int(try readText(bundle.directory("pid"))) ?? 0 > 1)
  }

  @Test func aTerminalGoesToTheConsoleSocket() async throws {
    var spec = bundle.spec("sh", "-c", "tty; stty size 2>/dev/null; ls -l /dev/console | head -c 1; sleep 1000")
    spec.process.terminal = true
    spec.process.consoleSize = RuntimeSpec.ConsoleSize(height: 11, width: 77)
    try bundle.write(spec)
    #expect(try await bundle.oci("create", bundle.id).expect(1).errors.contains("console socket"))
    let listener = SharedDescriptor(try UnixSocket.listen(path: bundle.directory("console.sock")))
    try await bundle.oci("create", "--console-socket", bundle.directory("console.sock"), bundle.id).expect()
    let path = bundle.directory("console.sock")
    let master = await onThread { receiveMaster(listener) }
    let terminal = try #require(master, "nothing came to \(path)")
    let size = TerminalSize(of: terminal.number)
    #expect(size == TerminalSize(rows: 11, columns: 77))
    try await bundle.oci("start", bundle.id).expect()
    let text = await onThread { readTerminal(terminal, until: "c") }
    #expect(text.hasPrefix("/dev/pts/0\r\n"), "\(text)")
    #expect(text.hasSuffix("c"))
    try await bundle.oci("delete", "--force", bundle.id).expect()
  }

  @Test func hooksInTheirOrderWithTheState() async throws {
    let log = bundle.directory("rootfs/data/log")
    func hook(_ name: String, _ file: String) -> RuntimeSpec.Hook {
      RuntimeSpec.Hook(
        path: "/bin/sh", args: ["sh", "-c", "echo $NAME $(cat | grep -o '\"status\":\"[a-z]*\"') >>" + file],
        env: ["NAME=" + name, "PATH=/bin:/usr/bin"])
    }
    var spec = bundle.spec("sh", "-c", "echo program >>/data/log; sleep 1000")
    var hooks = RuntimeSpec.Hooks()
    hooks.prestart = [hook("prestart", log)]
    hooks.createRuntime = [hook("createRuntime", log)]
    // In the container's namespaces, before and after its root has become the root.
    hooks.createContainer = [hook("createContainer", log)]
    hooks.startContainer = [hook("startContainer", "/data/log")]
    hooks.poststart = [hook("poststart", bundle.directory("after"))]
    hooks.poststop = [hook("poststop", log)]
    spec.hooks = hooks
    try bundle.write(spec)
    try await bundle.oci("create", bundle.id).expect()
    #expect(
      try readText(log) == """
        prestart "status":"creating"
        createRuntime "status":"creating"
        createContainer "status":"creating"

        """)
    try await bundle.oci("start", bundle.id).expect()
    #expect(try readText(bundle.directory("after")) == "poststart \"status\":\"running\"\n")
    while try readText(log).contains("program") == false { try await Task.sleep(for: .milliseconds(10)) }
    try await bundle.oci("delete", "--force", bundle.id).expect()
    #expect(
      try readText(log).split(separator: "\n").suffix(3) == [
        "startContainer \"status\":\"created\"", "program", "poststop \"status\":\"stopped\"",
      ])
  }

  @Test(arguments: ["createRuntime", "createContainer"])
  func aHookThatFailsEndsTheContainer(_ kind: String) async throws {
    var spec = bundle.spec("sleep", "1000")
    spec.hooks = RuntimeSpec.Hooks()
    let bad = RuntimeSpec.Hook(path: "/bin/sh", args: ["sh", "-c", "echo because; exit 3"])
    if kind == "createRuntime" { spec.hooks?.createRuntime = [bad] } else { spec.hooks?.createContainer = [bad] }
    try bundle.write(spec)
    let outcome = try await bundle.oci("create", bundle.id).expect(1)
    #expect(outcome.errors.contains("error running hook /bin/sh: exit status 3, output: because"))
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  @Test func aHookThatTakesTooLong() async throws {
    var spec = bundle.spec("sleep", "1000")
    spec.hooks = RuntimeSpec.Hooks()
    spec.hooks?.createRuntime = [RuntimeSpec.Hook(path: "/bin/sleep", args: ["sleep", "1000"], timeout: 1)]
    try bundle.write(spec)
    #expect(try await bundle.oci("create", bundle.id).expect(1).errors.contains("longer than 1 s"))
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }
}

/// Waits for a connection and the descriptor that comes with it.
private func receiveMaster(_ listener: SharedDescriptor) -> SharedDescriptor? {
  var watched = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
  poll(&watched, 1, 30_000)
  var descriptors: [SharedDescriptor] = []
  do {
    guard let connection = try UnixSocket.accept(listener.descriptor) else { return nil }
    try connection.setBlocking()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
    defer { buffer.deallocate() }
    _ = try connection.receive(into: buffer, descriptors: &descriptors)
  } catch {
    return nil
  }
  return descriptors.first
}

private func readTerminal(_ terminal: SharedDescriptor, until end: String) -> String {
  var text = ""
  var buffer = [UInt8](repeating: 0, count: 1024)
  while !text.hasSuffix(end) {
    let count = read(terminal.number, &buffer, buffer.count)
    if count <= 0 { return text }
    text += String(decoding: buffer[..<count], as: UTF8.self)
  }
  return text
}
