import Backend
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import OCI
import StackModel

extension LocalBackend {
  /// Runs `body` with a container's files. One that does not run is not started meanwhile.
  func withTree<Value: Sendable>(of container: Container, _ body: @escaping @Sendable (ContainerTree) async throws -> Value) async throws
    -> Value
  {
    if let tree = try await runningTree(of: container) { return try await body(tree) }
    return try await containerGate.alone(on: container.id) {
      if let tree = try await self.runningTree(of: container) { return try await body(tree) }
      return try await body(try await self.stoppedTree(of: container))
    }
  }

  /// nil: it does not run.
  private func runningTree(of container: Container) async throws -> ContainerTree? {
    guard let shim = await container.running?.shim else { return nil }
    let mounts = try await container.treeMounts()
    let owners = container.spec.options.users?.mapping
    let tree: ContainerTree
    do {
      tree = try await onThread { _ in try ContainerTree(of: shim.pid, mounts: mounts, owners: owners) }
    } catch let error as KernelError where error.errno == ENOENT || error.errno == ESRCH {
      return nil
    }
    // As long as it has not been seen to end, the number was its first process's.
    return await container.running?.shim === shim ? tree : nil
  }

  private func stoppedTree(of container: Container) async throws -> ContainerTree {
    let image = try await image(of: container)
    let mounts = try await container.treeMounts()
    let root = await container.root(image)
    let isReadOnly = container.spec.options.isReadOnly
    let stage = location.runDirectory
    return try await onThread { _ in
      let layers = OverlayLayers(directory: root.directory, lower: root.lower, upper: root.upper, work: root.work)
      return try ContainerTree(layers, mounts: mounts, isReadOnly: isReadOnly, stage: stage)
    }
  }
}
