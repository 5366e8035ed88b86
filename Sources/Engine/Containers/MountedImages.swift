import Backend
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import OCI
import StackModel

/// An image that is mounted in a container.
struct MountedImage: Sendable {
  var root: OverlayRoot
  var subpath: String

  /// The detached mount.
  func view(_ mapped: MappedFiles?) throws(KernelError) -> Descriptor {
    for path in [root.upper, root.work] { try makeDirectories(path, mode: 0o755) }
    if let mapped { return try mapped.overlay(root, subpath: subpath) }
    return try overlayView(lower: root.lower, upper: root.upper, work: root.work, directory: root.directory, subpath: subpath)
  }
}

extension LocalBackend {
  /// Target → image of every `type: image` mount; one that is not on this machine is an error.
  func mountedImages(of spec: ContainerSpec) async throws -> [String: Digest] {
    var found: [String: Digest] = [:]
    for mount in spec.options.mounts {
      guard case .image(let reference) = mount.source else { continue }
      guard let image = await images.resolve(reference) else { throw missingImage(reference, for: spec) }
      found[mount.target] = image.id
    }
    return found
  }

  func missingImage(_ reference: String, for spec: ContainerSpec) -> EngineError {
    EngineError(
      .notFound, subject: spec.service.rawValue, "the image \"\(reference)\" that it mounts is not on this machine",
      hint: "import it: muster image import FILE \(reference)")
  }
}

extension Container {
  /// What is mounted where. What a container writes there is kept in a directory of its own, as long as it is there itself.
  func imageMounts() async throws -> [String: MountedImage] {
    var mounts: [String: MountedImage] = [:]
    for (index, mount) in spec.options.mounts.enumerated() {
      guard case .image(let reference) = mount.source else { continue }
      let id = record.mountedImages?[mount.target]?.description ?? reference
      guard let image = await engine.images.resolve(id) else { throw engine.missingImage(reference, for: spec) }
      let place = "\(files.directory)/images/\(index)"
      mounts[mount.target] = MountedImage(
        root: OverlayRoot(
          directory: engine.images.layersDirectory, lower: image.layers, upper: place + "/upper", work: place + "/work"),
        subpath: mount.subpath ?? "")
    }
    return mounts
  }
}
