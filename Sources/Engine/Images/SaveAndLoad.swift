public import Backend
import ImageStore
import OCI

extension LocalBackend {
  public func saveImages(_ request: SaveRequest, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    let form: SaveForm =
      switch request.format {
      case .dockerArchive: .docker
      case .ociArchive: .oci
      }
    try await asEngineErrors {
      let chosen = try await images.chosen(request.names)
      if let directory = request.directory {
        try await images.save(request.names, as: form, directory: directory)
      } else {
        try await images.save(request.names, as: form, to: output)
      }
      for (id, references) in chosen {
        guard let image = await images.resolve(id.description) else { continue }
        tell("save", image, name: references.first?.familiar)
      }
    }
  }

  public func loadImages(_ source: ImageSource) async throws -> LoadedImages {
    try await asEngineErrors {
      let report =
        switch source {
        case .path(let path): try await images.load(path: path)
        case .pieces(let pieces): try await images.load(pieces)
        }
      generation.advance()
      for image in report.images { tell("load", image, name: image.references.first) }
      return LoadedImages(images: report.images.map(\.summary), notes: report.notes)
    }
  }

  public func image(_ reference: String) async throws -> ImageDetail {
    guard let image = await images.resolve(reference) else {
      throw EngineError(ImageStoreError.notFound(reference))
    }
    var sizes: [Int64] = []
    for diffID in image.config.rootfs.diffIDs { sizes.append(await images.layer(diffID)?.size ?? 0) }
    return ImageDetail(
      summary: image.summary, config: image.config, layerSizes: sizes,
      directories: image.layers.map { images.layersDirectory + "/" + $0 })
  }
}
