import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import Reconciler
import StackLoader
import StackModel
import Terminal

/// `muster update`: images whose tags have moved in their registries.
struct Update: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Get images whose tags have moved in their registries, and replace the containers that run the old ones.",
    discussion: """
      Each service is replaced as its deploy.update_config says; one that has no containers is left alone. Images that are built here or named by a
      digest do not move.
      Example: muster update --check --detailed-exitcode
      """)
  @Flag(help: "Tell what has moved, and change nothing.") var check = false
  @Flag(help: "With --check: return 2 when something has moved.") var detailedExitcode = false
  @Option(help: "With --check: table, json, or a template: {{.Service}}") var format = "table"
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  func validate() throws {
    if !check, detailedExitcode || format != "table" { throw ValidationError("--detailed-exitcode and --format need --check") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let rowFormat = try rowFormat(format)
    let loaded = try context.load(services)
    let chosen = loaded.stack.services.values.filter { services.isEmpty || services.contains($0.name.rawValue) }.sorted {
      $0.name < $1.name
    }
    let asked = chosen.filter(\.followsTag)
    let engine = try await context.engine()
    let images = asked.map(\.image)
    let states =
      images.isEmpty
      ? [] : try await engine.remoteImages(RemoteImagesRequest(references: images, credentials: try context.credentials(for: images)))
    let rows = chosen.map { service in Row(service, states.first { $0.reference == service.image }) }
    let failures = rows.filter { $0.state?.failure != nil }
    if check {
      try context.write(rows, as: rowFormat) { Row.table(rows) }
      if !failures.isEmpty { return 1 }
      return detailedExitcode && rows.contains { $0.state?.hasMoved == true } ? 2 : 0
    }
    for row in failures { context.output.error("warning: \(visible(row.Service)): \(visible(row.state?.failure ?? ""))") }
    let moved = chosen.filter { service in states.contains { $0.reference == service.image && $0.hasMoved } }.map(\.name)
    if !moved.isEmpty {
      let got = try await context.carryOut(
        .gettingMoved(moved), loaded.stack.name, loaded: loaded, title: "pull", on: engine, quiet: quiet)
      guard got.succeeded else { return 1 }
    }
    // What counts is what runs: an update may have been interrupted after its images were here.
    let observed = try await engine.observe(loaded.stack.name)
    let replaced = asked.filter { service in
      observed.containers.contains { container in
        guard container.spec.service == service.name, !container.spec.isOneOff else { return false }
        let isBehind = observed.images[service.image].map { $0 != container.imageID } ?? false
        return moved.contains(service.name) || isBehind && container.spec.image == service.image
      }
    }.map(\.name)
    guard !replaced.isEmpty else { return failures.isEmpty ? 0 : 1 }
    let report = try await context.carryOut(
      .replacing(replaced), loaded.stack.name, loaded: loaded, title: "update", on: engine, quiet: quiet)
    return report.succeeded && failures.isEmpty ? 0 : 1
  }

  private struct Row: Encodable {
    var Service: String
    var Image: String
    var Status: String
    /// Here.
    var ID: String
    /// In the registry.
    var RemoteID: String
    var Digest: String
    let state: RemoteImageState?

    private enum CodingKeys: CodingKey { case Service, Image, Status, ID, RemoteID, Digest }

    init(_ service: StackModel.Service, _ state: RemoteImageState?) {
      Service = service.name.rawValue
      Image = service.image
      ID = state?.id?.description ?? ""
      RemoteID = state?.remoteID?.description ?? ""
      Digest = state?.remoteDigest?.description ?? ""
      self.state = state
      guard let state else {
        Status = service.build != nil ? "built here" : "fixed by its digest"
        return
      }
      if let failure = state.failure {
        Status = "unknown: " + failure
      } else {
        Status = state.id == nil ? "not here yet" : state.hasMoved ? "moved" : "up to date"
      }
    }

    static func table(_ rows: [Row]) -> Table {
      var table = Table(["SERVICE", "IMAGE", "HERE", "REGISTRY", "STATUS"])
      for row in rows {
        table.rows.append([row.Service, row.Image, row.state?.id?.short ?? "", row.state?.remoteID?.short ?? "", row.Status])
      }
      return table
    }
  }
}
