import ArgumentParser
import Foundation

@main struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures Muster beside Docker, in one run, on the same work.",
    discussion: "Needs root, a release build, and Debian's docker.io and docker-compose (2 or later). All runs in a network namespace.")

  @Option(help: "Only these measurements (up-1, up-10, up-50, up-200, chain, diamond, run, port, load, build, logs, engine, floor).")
  var only: [String] = []

  @Flag(help: "Smaller work and fewer rounds.")
  var quick = false

  @Option(help: "Where muster, musterd and muster-shim are.")
  var programs: String

  @Option(help: "The Docker Compose program.")
  var compose = "docker-compose"

  @Option(help: "Where results.md and results.json go.")
  var output: String

  mutating func run() throws {
    guard getuid() == 0 else { throw ValidationError("benchmarks need root") }
    if ProcessInfo.processInfo.environment["BENCH_INSIDE"] == nil { return try enter() }
    let base = "/var/tmp/muster-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    let peers: [any Peer] = [MusterPeer(programs: programs, root: base + "/m"), DockerPeer(root: base + "/d", compose: compose)]
    var results = Results()
    defer {
      for peer in peers { do { try peer.stop() } catch { print("stopping \(peer.name): \(error)") } }
      removeCgroups()
      try? FileManager.default.removeItem(atPath: base)
    }
    let tar = try image(in: base)
    for peer in peers {
      try peer.start()
      try peer.importImage(tar)
    }
    let works = Works(directory: base, isQuick: quick)
    let known = works.all.map(\.name) + ["floor"]
    if let unknown = only.first(where: { !known.contains($0) }) { throw ValidationError("no measurement is called \(unknown)") }
    func isWanted(_ name: String) -> Bool { only.isEmpty || only.contains(name) }
    for work in works.all where isWanted(work.name) {
      for _ in 1...work.rounds {
        for peer in peers { try work.body(peer, &results) }
      }
    }
    if isWanted("floor") {
      for _ in 1...(quick ? 2 : 5) { results.add("the kernel's part of 50 containers", "muster", try floor(base)) }
    }
    let heading = try heading(peers)
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let markdown = results.markdown(heading: heading)
    try markdown.write(toFile: output + "/results.md", atomically: true, encoding: .utf8)
    try results.json(heading: heading).write(to: URL(fileURLWithPath: output + "/results.json"))
    print(markdown)
  }

  /// The same program in a network and a mount namespace of its own, which take everything with them when it ends.
  private func enter() throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let script = "ip link set lo up && exec \"$0\" \"$@\""
    let words = ["unshare", "--net", "--mount", "sh", "-c", script, own] + CommandLine.arguments.dropFirst()
    setenv("BENCH_INSIDE", "1", 1)
    var argv = words.map { strdup($0) } + [nil]
    execvp("unshare", &argv)
    throw Failure("unshare: \(String(cString: strerror(errno)))")
  }

  /// A file system of one static program and its names.
  private func image(in base: String) throws -> String {
    let root = base + "/rootfs"
    try FileManager.default.createDirectory(atPath: root + "/bin", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: root + "/bin/busybox")
    let names = try bench.run(["/bin/busybox", "--list"]).output.split(separator: "\n")
    for name in names where name != "busybox" {
      try FileManager.default.createSymbolicLink(atPath: "\(root)/bin/\(name)", withDestinationPath: "busybox")
    }
    try bench.run(["tar", "-C", root, "-cf", base + "/busybox.tar", "bin"])
    return base + "/busybox.tar"
  }

  private func floor(_ base: String) throws -> Double {
    let program = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .deletingLastPathComponent().appendingPathComponent("floor").path
    let output = try bench.run([program, base + "/rootfs", "50"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let seconds = Double(output) else { throw Failure("floor printed \(output)") }
    return seconds
  }

  private func heading(_ peers: [any Peer]) throws -> String {
    var system = utsname()
    uname(&system)
    let kernel = withUnsafeBytes(of: &system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let day = ISO8601DateFormatter.string(from: Date(), timeZone: .gmt, formatOptions: [.withFullDate])
    let versions = try peers.map { "\($0.name) \(try $0.version)" }.joined(separator: "; ")
    let cores = ProcessInfo.processInfo.processorCount
    return
      "\(day), \(cores) cores, \(ProcessInfo.processInfo.physicalMemory >> 30) GiB, Linux \(kernel); \(versions). Medians, runs interleaved."
  }

  /// Docker's own cgroups, which it leaves.
  private func removeCgroups() {
    func remove(_ directory: String) {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return }
      for name in names {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: "\(directory)/\(name)", isDirectory: &isDirectory), isDirectory.boolValue {
          remove("\(directory)/\(name)")
        }
      }
      rmdir(directory)
    }
    for hierarchy in (try? FileManager.default.contentsOfDirectory(atPath: "/sys/fs/cgroup")) ?? [] {
      remove("/sys/fs/cgroup/\(hierarchy)/bench-docker")
    }
    remove("/sys/fs/cgroup/bench-docker")
  }
}
