import Foundation
import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// All that may happen to a machine's containers, networks and engine at once, while the stack file changes.
  @Suite struct Chaos {
    enum Harm: String, CaseIterable { case process, shim, engine, bridge, interface, rules, edit, question }

    /// The stack at one of its versions: another environment, other replicas, a network more or less.
    private static func stack(_ version: Int, _ port: UInt16) -> String {
      """
      services:
        db:
          image: busybox
          init: true
          command: ["sh", "-c", "echo kept >>/data/log; exec sleep 100000"]
          volumes: ["data:/data"]
          restart: always
          stop_grace_period: 1s
          networks: [back]
        web:
          image: busybox
          init: true
          command: ["sh", "-c", "mkdir -p /tmp/www; echo version $$VERSION >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www"]
          environment: { VERSION: "\(version)" }
          ports: ["\(port):80"]
          restart: always
          stop_grace_period: 1s
          depends_on: [db]
          networks: [back\(version % 2 == 0 ? ", front" : "")]
        client:
          image: busybox
          init: true
          command: sleep 100000
          restart: unless-stopped
          stop_grace_period: 1s
          deploy: { replicas: \(1 + version % 3) }
          networks: [back]
      networks: { back: {}\(version % 2 == 0 ? ", front: {}" : "") }
      volumes: { data: {} }

      """
    }

    /// For so many seconds: `MUSTER_TEST_CHAOS=600`; `MUSTER_TEST_SEED` repeats a run, as far as times allow.
    ///
    /// Not by itself yet: a container that was killed again and again is in its back-off longer than the 10 s that are given, and one run in ten has left
    /// a control group.
    @Test(.enabled("MUSTER_TEST_CHAOS=SECONDS asks for it") { getenv("MUSTER_TEST_CHAOS") != nil }) func allComesBackByItself() async throws
    {
      let seed = UInt64(size("MUSTER_TEST_SEED", usually: Int.random(in: 0...Int.max)))
      print("chaos: MUSTER_TEST_SEED=\(seed)")
      var random = SeededRandom(seed: seed)
      let port = try freePort()
      var version = 0
      try await Stage.play(Self.stack(version, port)) { stage in
        try await stage("up", "--detach")
        var counts: [Harm: Int] = [:]
        var edit: Child?
        let clock = ContinuousClock()
        let end = clock.now + .seconds(size("MUSTER_TEST_CHAOS", usually: 12) * patience)
        while clock.now < end {
          let harm = Harm.allCases.randomElement(using: &random) ?? .engine
          if harm == .edit {
            if let child = edit, child.soFar.status == -1 { continue }
            version += 1
            try stage.write("compose.yaml", Self.stack(version, port))
            edit = try stage.start("up", "--detach", "--remove-orphans")
          } else {
            try await stage.suffer(harm, &random)
          }
          counts[harm, default: 0] += 1
          try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random) * patience))
        }
        _ = await edit?.end()

        // The last word is the file's; then one more blow, and nobody does anything about it.
        let said = try await stage.attempt("up", "--detach", "--remove-orphans")
        #expect(said.status == 0, "\(said)")
        for harm in [Harm.process, .shim, .bridge, .rules] { try await stage.suffer(harm, &random) }
        let wanted = 2 + 1 + version % 3
        let running = try await eventually(within: 10) {
          try await stage.containers().values.filter { $0.State == "running" }.count
        } until: {
          $0 == wanted
        }
        if running != wanted {
          let listed = try await stage("ps", "--all")
          let told = try await stage.attempt("events", "--since", "1h", "--until", "0s")
          let details = try await stage.muster(["container", "inspect"] + stage.containers().keys.sorted(), in: stage.directory)
          Issue.record("\(running) run, not \(wanted): \(listed)\n\(told)\n\(details)")
        }
        let page = try await eventually(within: 10) {
          try? await fetch("http://127.0.0.1:\(port)/", seconds: 1).body
        } until: {
          $0 != nil
        }
        #expect(page == "version \(version)\n")
        let inside = try await eventually(within: 10) {
          try await stage.attempt("exec", "-T", "client", "busybox", "timeout", "3", "busybox", "wget", "-q", "-O", "-", "http://web/")
            .output
        } until: {
          $0 != ""
        }
        #expect(inside == "version \(version)\n")
        let plan = try await stage("plan")
        #expect(plan.output.hasPrefix("Nothing to do"), "\(plan)")
        #expect(try await stage("exec", "-T", "db", "head", "-n", "1", "/data/log").output == "kept\n")
        #expect(stage.shims.count == wanted)
        print(
          "chaos: \(version) versions, "
            + counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) × \($0.key)" }.joined(separator: ", "))
      }
    }
  }
}

extension Stage {
  /// One blow.
  fileprivate func suffer(_ harm: Scenarios.Chaos.Harm, _ random: inout SeededRandom) async throws {
    switch harm {
    case .edit: break
    case .question: _ = try await attempt("ps")
    case .engine: if let engine = muster.engine { kill(engine, SIGKILL) }
    case .shim: if let shim = shims.randomElement(using: &random) { kill(shim, SIGKILL) }
    case .process:
      let beside = Set(shims + [muster.engine].compactMap { $0 })
      let others = shims.flatMap { children(of: $0) }.filter { !beside.contains($0) }
      if let process = others.randomElement(using: &random) { kill(process, SIGKILL) }
    case .bridge, .interface:
      let names = muster.ledger.names
      let prefix = harm == .bridge ? names.links[0] : names.links[1]
      let found = (try? FileManager.default.contentsOfDirectory(atPath: "/sys/class/net"))?.filter { $0.hasPrefix(prefix) }.sorted() ?? []
      if let link = found.randomElement(using: &random) { _ = try await run("ip", "link", "delete", link) }
    case .rules: _ = try await run("nft", "delete", "table", "inet", muster.ledger.names.table)
    }
  }

  private func children(of pid: Int32) -> [Int32] {
    let text = (try? readText("/proc/\(pid)/task/\(pid)/children")) ?? ""
    return text.split(separator: " ").compactMap { Int32($0) }
  }
}
