import Backend
import Diagnostics

/// A line of `volume ls`, under the names that Docker's templates have.
struct VolumeRow: Encodable {
  var Driver: String
  var Labels: [String: String]
  var Links: String
  var Mountpoint: String
  var Name: String
  var Scope: String
  var Size = "N/A"

  static let headings = ["Driver": "DRIVER", "Name": "VOLUME NAME", "Mountpoint": "MOUNTPOINT", "Scope": "SCOPE", "Labels": "LABELS"]

  init(_ volume: VolumeDetail) {
    Driver = volume.Driver
    Labels = volume.Labels
    Links = "\(volume.Containers.count)"
    Mountpoint = volume.Mountpoint
    Name = volume.Name
    Scope = volume.Scope
  }

  private enum Key: String, CodingKey { case Availability, Driver, Group, Labels, Label, Links, Mountpoint, Name, Scope, Size, Status }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(Driver, forKey: .Driver)
    try fields.encode(Labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","), forKey: .Labels)
    try fields.encode(Links, forKey: .Links)
    try fields.encode(Mountpoint, forKey: .Mountpoint)
    try fields.encode(Name, forKey: .Name)
    try fields.encode(Scope, forKey: .Scope)
    try fields.encode(Size, forKey: .Size)
  }
}

/// `name=`, `label=`, `dangling=`, `driver=`: those of one key are alternatives, but for labels, which all must be there.
func volumeFilter(_ texts: [String]) throws -> (VolumeDetail) -> Bool {
  var values: [String: [String]] = [:]
  for text in texts {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, ["dangling", "driver", "label", "name"].contains(parts[0]) else {
      throw Exit(1, "\"\(visible(text))\" is not a filter of volumes\n  hint: there are dangling=, driver=, label= and name=")
    }
    values[parts[0], default: []].append(parts[1])
  }
  if let dangling = values["dangling"], let word = dangling.first(where: { !["true", "false", "1", "0"].contains($0) }) {
    throw Exit(1, "dangling=\(visible(word)): write true or false")
  }
  let filter = values
  return { volume in
    filter["name"]?.contains { volume.Name.contains($0) } ?? true && filter["driver"]?.contains(volume.Driver) ?? true
      && filter["label"]?.allSatisfy { label in
        let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return volume.Labels[parts[0]].map { parts.count == 1 || $0 == parts[1] } ?? false
      } ?? true && filter["dangling"]?.contains { ["true", "1"].contains($0) == volume.Containers.isEmpty } ?? true
  }
}
