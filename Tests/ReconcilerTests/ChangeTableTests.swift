import Foundation
import StackModel
import Testing

@testable import Reconciler

/// What each key of a service comes to, from one table: the plan of `up` for a service that runs and for one that has ended.
@Suite struct ChangeTableTests {
  private func stacks(_ row: ChangeRow) -> (old: Stack, new: Stack) {
    func stack(_ edit: ChangeRow.Edit) -> Stack {
      ReconcilerTests.stack(service("db"), service("web", edit)) { stack in
        for name in ["shop_default", "shop_back"] as [NetworkName] { stack.networks[name] = network(name) }
        stack.volumes["shop_data"] = Volume(key: "data", name: "shop_data")
      }
    }
    return (stack(row.old), stack(row.new))
  }

  /// A world in which the old stack is up, and all that the new one needs is there.
  private func world(_ old: Stack, _ new: Stack) throws -> World {
    var world = try World(up: old)
    world.addImages(of: new)
    for network in new.networks.values.sorted(by: { $0.name < $1.name })
    where !world.observed.networks.contains(where: { $0.definition.name == network.name }) {
      world.observed.networks.append(ObservedNetwork(definition: network, requested: network, project: shop))
    }
    if world.observed.volumes.isEmpty, let data = new.volumes["shop_data"] {
      world.observed.volumes.append(ObservedVolume(definition: data, project: shop))
    }
    return world
  }

  @Test(arguments: ChangeRow.all) func running(_ row: ChangeRow) throws {
    let (old, new) = stacks(row)
    var world = try world(old, new)
    let plan = try world.plan(new, up())
    let change = row.change
    let expected =
      switch row.comesTo {
      case .none: ""
      case .inPlace: "0 ± update container shop-web-1 in place (\(change))"
      case .recreate, .files:
        """
        0 ~ stop container shop-web-1 (\(change))
        1 - remove container shop-web-1 (\(change)) after 0
        2 + create container shop-web-1 (\(change)) after 1
        3 ~ start container shop-web-1 (\(change)) after 2
        """
      }
    #expect(plan.description == expected)
    try world.carryOut(new, plan)
    let again = try world.plan(new, up())
    #expect(again.isEmpty, "it is not the end of it: \(again)")
  }

  @Test(arguments: ChangeRow.all) func ended(_ row: ChangeRow) throws {
    let (old, new) = stacks(row)
    var world = try world(old, new)
    world.change("shop-web-1") { $0.end(code: 1) }
    let plan = try world.plan(new, up())
    let change = row.change
    let expected =
      switch row.comesTo {
      case .none:
        row.key == "depends_on"
          ? """
          0 ~ wait until db is healthy (web waits for it)
          1 ~ start container shop-web-1 (exited (1)) after 0
          """ : "0 ~ start container shop-web-1 (exited (1))"
      case .inPlace:
        """
        0 ± update container shop-web-1 in place (\(change))
        1 ~ start container shop-web-1 (exited (1)) after 0
        """
      case .recreate, .files:
        """
        0 - remove container shop-web-1 (\(change))
        1 + create container shop-web-1 (\(change)) after 0
        2 ~ start container shop-web-1 (\(change)) after 1
        """
      }
    #expect(plan.description == expected)
    try world.carryOut(new, plan)
    #expect(try world.plan(new, up()).isEmpty)
  }

  @Test func theTableHasEveryKeyOfAService() throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: package.appending(path: "schemas/stack.schema.json")))
    let definitions = try #require((schema as? [String: Any])?["definitions"] as? [String: Any])
    let service = try #require((definitions["service"] as? [String: Any])?["properties"] as? [String: Any])
    #expect(Set(ChangeClass.rows.map(\.key)) == Set(service.keys))
    #expect(ChangeClass.rows.map(\.key) == ChangeClass.rows.map(\.key).sorted())
    // What the rows of this file show is what the documentation says.
    let tried = Dictionary(grouping: ChangeRow.all, by: \.key)
    for row in ChangeClass.rows {
      // How many there are, what is in no stack file, and when images are looked for, which is no change (`UpResourceTests`).
      guard !["scale", "userns_mode", "container_name", "pull_refresh_after"].contains(row.key) else { continue }
      let classes = Set((tried[row.key] ?? []).map(\.comesTo))
      #expect(!classes.isEmpty, "\(row.key) is tried nowhere")
      switch row.whenChanged {
      case .files: #expect(classes == [.recreate])
      case .inPlace where !row.remark.isEmpty: #expect(classes.contains(.inPlace))
      case .recreate where !row.remark.isEmpty: #expect(classes.contains(.recreate))
      default: #expect(classes == [row.whenChanged], "\(row.key)")
      }
    }
    #expect(ChangeRow.all.count * 2 >= 150)
  }

  /// The page of the documentation; MUSTER_WRITE_GOLDEN=1 writes it anew.
  @Test func theDocumentationSaysTheSame() throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = package.appending(path: "Sources/Reconciler/Reconciler.docc/Changes.md")
    let text = """
      # What a change of a key does

      Which keys of a service change in its containers as they run, and which take new containers.

      ## Overview

      Made from `ChangeClass` by a test (`MUSTER_WRITE_GOLDEN=1` writes it anew), which holds it against the planner too.

      * *in place* (`±` in a plan): the container goes on with the new value; its process stays. One that does not run has it from its next start on.
      * *recreate* (`~`): a new container takes the old one's place, with the same volumes.
      * *files*: of secrets and configs.
      * *no change*: containers stay as they are.

      When several keys change and one of them needs a new container, there is a new container.

      | key | when it changes | |
      |---|---|---|
      \(ChangeClass.rows.map { "| `\($0.key)` | \($0.whenChanged.rawValue) | \($0.remark) |" }.joined(separator: "\n"))

      """
    if ProcessInfo.processInfo.environment["MUSTER_WRITE_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(at: page.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == text)
  }
}
