import ArgumentParser
import Backend
import EngineClient

/// `muster volume inspect`.
struct VolumeInspect: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is known of volumes.",
    discussion: "Example: muster volume inspect -f '{{.Mountpoint}}' shop_data")
  @Option(name: .shortAndLong, help: "json, or a template: {{.Mountpoint}}") var format: String?
  @Argument(help: "Names.") var volumes: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let all = try await context.engine().volumes()
    var found: [VolumeDetail] = []
    var status: Int32 = 0
    for name in volumes {
      if let volume = all.first(where: { $0.Name == name }) {
        found.append(volume)
      } else {
        context.output.error(unknownName("such volume:", name, among: all.map(\.Name)))
        status = 1
      }
    }
    try context.write(inspected: found, format: format)
    return status
  }
}
