import Backend
import ImageStore
import Networking
import OCI
import Reconciler
import StackModel

extension LocalBackend {
  /// Tells what has happened to an image. `name`: nil is its id, as where Docker knows no other.
  func tell(_ action: String, _ image: Image, name: String? = nil, project: ProjectName? = nil) {
    log.append(.thing(image.thing(action, name: name)), project: project)
  }

  /// Tells that an image has the names.
  func tellTags(_ references: [ImageReference], of image: Image, project: ProjectName? = nil) {
    for reference in references { tell("tag", image, name: reference.orLatest.familiar, project: project) }
  }

  func tell(_ action: String, _ row: NetworkRow, details: [String: String] = [:], project: ProjectName?) {
    let all = details.merging(["type": row.record.network.driver]) { $1 }
    log.append(.thing(ThingChange(.network, action, id: row.publicID, name: row.requested.name.rawValue, details: all)), project: project)
  }

  func tell(_ action: String, _ volume: VolumeName, details: [String: String] = [:], project: ProjectName?) {
    let all = details.merging(["driver": "local"]) { $1 }
    log.append(.thing(ThingChange(.volume, action, id: volume.rawValue, name: volume.rawValue, details: all)), project: project)
  }
}

extension Image {
  var labels: [String: String]? { config.config?.labels }

  /// What has happened to it. `name`: nil is its id, as where Docker knows no other.
  func thing(_ action: String, name: String? = nil) -> ThingChange {
    ThingChange(.image, action, id: id.description, name: name ?? id.description, labels: labels)
  }
}

extension Container {
  func networks(of endpoints: [Endpoint]) async -> [NetworkRow] {
    var rows: [NetworkRow] = []
    for endpoint in endpoints { if let row = await engine.catalog.network(endpoint.network) { rows.append(row) } }
    return rows
  }

  /// Tells that it is on networks now, or no more: `connect`, `disconnect`.
  func tell(_ action: String, _ networks: [NetworkRow]) {
    for network in networks { engine.tell(action, network, details: ["container": id.rawValue], project: spec.project) }
  }

  /// Tells that its volumes are mounted in it, or no more: `mount`, `unmount`.
  func tellVolumes(_ action: String) {
    for (target, name, isReadOnly) in mountedVolumes {
      var details = ["container": id.rawValue]
      if action == "mount" {
        details.merge(["destination": target, "propagation": "", "read/write": String(!isReadOnly)]) { $1 }
      }
      engine.tell(action, name, details: details, project: spec.project)
    }
  }

  private var mountedVolumes: [(target: String, name: VolumeName, isReadOnly: Bool)] {
    let mounts = mountedSpec.options.mounts
    let named = mounts.compactMap { mount in
      if case .volume(let name) = mount.source { (mount.target, name, mount.isReadOnly) } else { nil }
    }
    let readOnly = Set(mounts.filter(\.isReadOnly).map(\.target))
    let anonymous = record.anonymousVolumes.map { ($0.key, $0.value, readOnly.contains($0.key)) }
    return (named + anonymous).sorted { $0.0 < $1.0 }
  }
}
