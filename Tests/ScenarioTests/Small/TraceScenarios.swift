import FoundationEssentials
import TestSupport
import Testing

extension Scenarios {
  /// `MUSTER_TRACE`: where a command's time went.
  @Suite struct Traces {
    private struct Entry: Decodable {
      var name: String
      var ph: String
      var pid: Int32
      var tid: Int32
      var ts: Double?
      var dur: Double?
      var args: [String: String]?
      var end: Double { (ts ?? 0) + (dur ?? 0) }
    }

    static let stack = """
      services:
        web:
          image: busybox
          init: true
          command: sleep 1000
      """

    private func entries(_ stage: Stage, _ arguments: [String], status: Int32 = 0) async throws -> [Entry] {
      let file = stage.directory + "/trace.json"
      let outcome = try await stage.muster(arguments, in: stage.directory, environment: ["MUSTER_TRACE": file])
      try outcome.expect(status)
      return try JSONDecoder().decode([Entry].self, from: Data(contentsOf: URL(filePath: file)))
    }

    /// Half a nanosecond, in microseconds: what sums of such large numbers may be wrong by.
    private let rounding = 0.0005

    /// Complete events of one lane lie within each other or apart.
    private func expectNesting(_ entries: [Entry]) {
      let spans = entries.filter { $0.ph == "X" }
      for (lane, spans) in Dictionary(grouping: spans, by: { [$0.pid, $0.tid] }) {
        var open: [Entry] = []
        for span in spans.sorted(by: { ($0.ts ?? 0, $1.end) < ($1.ts ?? 0, $0.end) }) {
          while let last = open.last, last.end <= (span.ts ?? 0) + rounding { open.removeLast() }
          if let last = open.last { #expect(span.end <= last.end + rounding, "\(span.name) outlasts \(last.name) on lane \(lane)") }
          open.append(span)
        }
      }
    }

    @Test func aTraceHasAllThreePrograms() async throws {
      try await Stage.play(Self.stack) { stage in
        let up = try await entries(stage, ["up", "--detach"])
        expectNesting(up)
        let programs = Dictionary(
          up.filter { $0.name == "process_name" }.map { ($0.pid, $0.args?["name"] ?? "") }, uniquingKeysWith: { first, _ in first })
        #expect(Set(programs.values) == ["muster", "musterd", "muster-shim shop-web-1"])
        let spans = up.filter { $0.ph == "X" }
        #expect(Set(spans.map(\.pid)) == Set(programs.keys))
        let names = Set(spans.map(\.name))
        for name in [
          "muster up", "load", "connect", "request up", "decode", "observe", "plan", "Creating", "Starting", "make cgroup",
          "make shim and namespaces", "connect network", "pivot_root", "await start", "exec",
        ] {
          #expect(names.contains(name), "no \(name) among \(names.sorted())")
        }
        // The command's own event spans all others.
        let whole = try #require(spans.first { $0.name == "muster up" })
        for span in spans {
          #expect((span.ts ?? 0) >= whole.ts ?? 0 && span.end <= whole.end + rounding, "\(span.name) is not within the command")
        }

        let exec = try await entries(stage, ["exec", "-T", "web", "true"])
        expectNesting(exec)
        #expect(Set(exec.filter { $0.name == "process_name" }.compactMap { $0.args?["name"] }).count == 3)

        // One that fails has a trace too; a file that cannot be written stops the command before it does anything.
        expectNesting(try await entries(stage, ["exec", "-T", "nonsuch", "true"], status: 1))
        let refused = try await stage.muster(["down"], in: stage.directory, environment: ["MUSTER_TRACE": stage.directory])
        #expect(refused.status == 1, "\(refused)")
        #expect(try await stage.containers().count == 1)
      }
    }
  }
}
