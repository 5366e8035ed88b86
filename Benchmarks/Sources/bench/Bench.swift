import ArgumentParser
import Foundation

@main struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures Muster beside Docker, in one run, on the same work.",
    discussion: """
      Needs root, a release build, and Debian's docker.io, docker-compose (2 or later), docker-registry, podman, runc and crun. All runs in namespaces of its \
      own and ends with them, also when it is interrupted.
      """)

  @Option(help: "Only these measurements; --list names them.")
  var only: [String] = []

  @Flag(help: "Smaller work and fewer rounds.")
  var quick = false

  @Flag(help: "Name the measurements, and measure nothing.")
  var list = false

  @Option(help: "Where muster, musterd and muster-shim are.")
  var programs: String

  @Option(help: "The Docker Compose program.")
  var compose = "docker-compose"

  @Option(help: "Where results.md and results.json go.")
  var output: String

  mutating func run() throws {
    if list {
      for work in Works(base: "", groupPrefix: "", image: nil, isQuick: quick).all { print(work.name) }
      return
    }
    guard getuid() == 0 else { throw ValidationError("benchmarks need root") }
    guard let enclosure = Enclosure.current else {
      let status = try Enclosure.run()
      if status != 0 { throw ExitCode(status) }
      return
    }
    let docker = DockerPeer(base: enclosure.base, groupParent: enclosure.groupPrefix + "docker", compose: compose)
    let peers: [any Peer] = [MusterPeer(programs: programs, base: enclosure.base), docker]
    defer {
      for peer in peers { do { try peer.stop() } catch { print("stopping \(peer.name): \(error)") } }
    }
    let works = Works(
      base: enclosure.base, groupPrefix: enclosure.groupPrefix, image: try Image(in: enclosure.base), isQuick: quick)
    if let unknown = only.first(where: { name in !works.all.contains { $0.name == name } }) {
      throw ValidationError("no measurement is called \(unknown); --list names them")
    }
    for peer in peers {
      try peer.start()
      try works.prepare(peer)
    }
    var results = Results()
    for work in works.all where only.isEmpty || only.contains(work.name) {
      for _ in 1...work.rounds {
        for peer in peers where !work.isMusterOnly || peer is MusterPeer {
          // What the other one has not brought to the disk is not this one's.
          sync()
          sample(work, peer, works, &results)
        }
      }
    }
    results.derive()
    let heading = try heading(peers)
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let markdown = results.markdown(heading: heading)
    try markdown.write(toFile: output + "/results.md", atomically: true, encoding: .utf8)
    try results.json(heading: heading).write(to: URL(fileURLWithPath: output + "/results.json"))
    print(markdown)
  }

  /// One sample. What fails is told in the table and tried once more ("has active endpoints" ends Docker's `down` now and then); twice: no sample.
  private func sample(_ work: Work, _ peer: any Peer, _ works: Works, _ results: inout Results) {
    var attempt = results
    do {
      try work.body(peer, &attempt)
    } catch {
      results.addFailure("\(work.name) \(peer.name): \(error)")
      works.clear(peer)
      attempt = results
      do { try work.body(peer, &attempt) } catch {
        // The others are measured all the same.
        results.addFailure("\(work.name) \(peer.name), the second time: \(error)")
        works.clear(peer)
        return
      }
    }
    results = attempt
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
}
