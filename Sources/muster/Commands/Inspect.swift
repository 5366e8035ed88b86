import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import EngineWire

/// `muster inspect`: of whatever kind.
struct Inspect: StackCommand {
  static let canBeTried = true
  enum Kind: String, ExpressibleByArgument, CaseIterable { case container, image, network, volume, secret }

  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is known of a container, image, network, volume or secret.",
    discussion: "Example: muster inspect -f '{{.State.Status}}' shop-web-1")
  @Option(name: .shortAndLong, help: "json, or a template: {{.State.Pid}}") var format: String?
  @Flag(name: .shortAndLong, help: "Not supported: see container ls --size.") var size = false
  @Option(help: "Only of this kind: container, image, network, volume or secret.") var type: Kind?
  @Argument(help: "Names or ids.") var names: [String]

  /// Docker's JSON of one thing.
  private enum Thing: Encodable {
    case container(ContainerObject)
    case image(ImageObject)
    case network(NetworkSummary)
    case volume(VolumeDetail)
    case secret(SecretObject)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .container(let value): try value.encode(to: encoder)
      case .image(let value): try value.encode(to: encoder)
      case .network(let value): try value.encode(to: encoder)
      case .volume(let value): try value.encode(to: encoder)
      case .secret(let value): try value.encode(to: encoder)
      }
    }
  }

  func perform(_ context: Context) async throws -> Int32 {
    if size { throw Exit(1, "--size is not supported\n  hint: muster container ls --all --size") }
    let engine = try await context.engine()
    var found: [Thing] = []
    var missing: [String] = []
    for name in names {
      if let thing = try await first(of: name, engine) {
        found.append(thing)
      } else {
        missing.append("Error: No such \(type?.rawValue ?? "object"): \(visible(name))")
      }
    }
    try context.write(inspected: found, format: format)
    for line in missing { context.output.error(line) }
    return missing.isEmpty ? 0 : 1
  }

  /// The first that has the name, by the order of the kinds; nil: none has.
  private func first(of name: String, _ engine: EngineClient) async throws -> Thing? {
    for kind in type.map({ [$0] }) ?? Kind.allCases {
      do {
        switch kind {
        case .container: return .container(ContainerObject(try await engine.container(name)))
        case .image: return .image(ImageObject(try await engine.image(name)))
        case .network: return .network(try await engine.network(name))
        case .volume:
          if let volume = try await engine.volumes().first(where: { $0.Name == name }) { return .volume(volume) }
        case .secret: return .secret(SecretObject(try await engine.secret(name)))
        }
      } catch let error as EngineError where error.code == .notFound || (error.code == .invalid && type == nil) {
        continue
      }
    }
    return nil
  }
}
