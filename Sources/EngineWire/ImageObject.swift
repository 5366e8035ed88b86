public import Backend
import OCI

/// An image as Docker's `GET /images/{name}/json` has it.
public struct ImageObject: Sendable, Codable, Equatable {
  public struct Driver: Sendable, Codable, Equatable {
    public var Name: String
    public var Data: [String: String]
  }
  public struct Root: Sendable, Codable, Equatable {
    public var `Type`: String
    public var Layers: [String]
  }
  public var Id: String
  public var RepoTags: [String]
  public var RepoDigests: [String]
  public var Parent: String
  public var Comment: String
  public var Created: String
  public var Author: String
  public var Config: ImageConfigObject
  public var Architecture: String
  public var Os: String
  public var Size: Int64
  public var VirtualSize: Int64
  public var GraphDriver: Driver
  public var RootFS: Root

  public init(_ image: ImageDetail) {
    Id = image.summary.id.description
    RepoTags = image.summary.references
    RepoDigests = image.summary.digests ?? []
    Parent = ""
    Comment = image.config.history?.last?.comment ?? ""
    Created = image.config.created ?? ""
    Author = image.config.author ?? ""
    Config = ImageConfigObject(image.config.config ?? ImageConfig.Execution())
    Architecture = image.config.architecture
    Os = image.config.os
    Size = image.summary.size
    VirtualSize = image.summary.size
    var directories: [String: String] = [:]
    if let top = image.directories.first { directories["UpperDir"] = top }
    if image.directories.count > 1 { directories["LowerDir"] = image.directories.dropFirst().joined(separator: ":") }
    GraphDriver = Driver(Name: "overlay2", Data: directories)
    RootFS = Root(Type: image.config.rootfs.type, Layers: image.config.rootfs.diffIDs.map(\.description))
  }
}
