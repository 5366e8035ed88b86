public import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  public func exportContainer(_ name: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    let container = try await container(matching: name)
    try await asEngineErrors {
      let image = try await image(of: container)
      try await withSnapshot(of: container, pauses: false) { workspace in
        try await images.export([workspace.name + "/upper"] + image.layers + [images.baseLayer], to: output)
      }
    }
  }

  public func changes(of name: String) async throws -> [FileChange] {
    let container = try await container(matching: name)
    return try await asEngineErrors {
      let image = try await image(of: container)
      let upper = await container.files.upper
      return try await images.changes(in: upper, over: image.layers + [images.baseLayer]).map { change in
        let kind: FileChange.ChangeKind =
          switch change.kind {
          case .changed: .changed
          case .added: .added
          case .deleted: .deleted
          }
        return FileChange(path: change.path, kind: kind)
      }
    }
  }
}
