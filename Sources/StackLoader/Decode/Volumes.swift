import Diagnostics
import StackModel

/// One entry of a service's `volumes` in its long form, before names and paths are looked up.
struct VolumeEntry {
  enum Kind: String { case bind, volume, tmpfs, image }
  var kind: Kind
  var source: String?
  var target: String
  var isReadOnly = false
  var createsHostPath = true
  var propagation: String?
  var recursion: Mount.Recursion?
  var noCopy = false
  /// `:z`, `:Z`.
  var relabelling: MountRequest.Relabelling?
  /// `:cached` and its like.
  var consistency: MountRequest.Consistency?
  var place: Place

  struct Failure: Error {
    var message: String
    var hint: String?
  }

  /// `[SOURCE:]TARGET[:OPTION,…]`
  init(short node: Node, text: String) throws(Failure) {
    if WindowsPath.isIn(volume: text) { throw Failure(message: "\"\(text)\" has a path of Windows", hint: WindowsPath.hint) }
    let parts = pieces(text, UInt8(ascii: ":"))
    guard parts.count <= 3, parts.allSatisfy({ !$0.isEmpty }) else {
      throw Failure(message: "\"\(text)\" is not a volume", hint: "write it as SOURCE:TARGET, TARGET or SOURCE:TARGET:ro")
    }
    source = parts.count > 1 ? parts[0] : nil
    target = parts.count > 1 ? parts[1] : parts[0]
    place = node.place
    kind = .volume
    if let source, source.hasPrefix(".") || source.hasPrefix("/") || source.hasPrefix("~") { kind = .bind }
    for option in parts.count > 2 ? parts[2] == "ro" ? ["ro"] : parts[2].split(separator: ",").map(String.init) : [] {
      switch option {
      case "ro": isReadOnly = true
      case "nocopy": noCopy = true
      case "private", "rprivate", "shared", "rshared", "slave", "rslave": propagation = option
      case "z", "Z": relabelling = MountRequest.Relabelling(rawValue: option)
      case "cached", "delegated", "consistent": consistency = MountRequest.Consistency(rawValue: option)
      case "rw": break
      default:
        let near = nearestName(to: option, among: ["ro", "rw", "nocopy", "rslave", "rshared", "rprivate", "cached", "delegated"])
        throw Failure(
          message: "\"\(text)\" has the option \"\(option)\"",
          hint: near.map { "did you mean \"\($0)\"?" } ?? "there are ro, rw, nocopy, z, Z and propagations as rslave")
      }
    }
    guard target.hasPrefix("/") else { throw Failure(message: "\"\(text)\" has the target \"\(target)\", which is not an absolute path") }
    target = Paths.clean(target)
    if target == "/" { throw Failure(message: "\"\(text)\" would hide the whole container: its target is /") }
  }

  init(long fields: Fields) throws(Failure) {
    guard let text = fields.text("type") else { throw Failure(message: "has no type", hint: "there are bind, volume, tmpfs and image") }
    guard let kind = Kind(rawValue: text) else {
      throw Failure(message: "type \"\(text)\" is not one that can be mounted", hint: "there are bind, volume, tmpfs and image")
    }
    self.kind = kind
    guard let written = fields.text("target") else { throw Failure(message: "has no target") }
    for path in [written, fields.text("source") ?? ""] where WindowsPath.isOne(path) {
      throw Failure(message: "has \"\(path)\", a path of Windows", hint: WindowsPath.hint)
    }
    guard written.hasPrefix("/") else { throw Failure(message: "has the target \"\(written)\", which is not an absolute path") }
    target = Paths.clean(written)
    if target == "/" { throw Failure(message: "would hide the whole container: its target is /") }
    place = fields.node["source"]?.place ?? fields.node.place
    source = fields.text("source")
    if kind == .tmpfs, source?.isEmpty == false {
      throw Failure(message: "is a tmpfs with a source", hint: "a tmpfs starts empty; remove source")
    }
    if kind == .image, source?.isEmpty ?? true { throw Failure(message: "has no source", hint: "the source is the image's name") }
    if kind == .bind, source == nil { throw Failure(message: "has no source", hint: "a bind needs a path of the host") }
    isReadOnly = fields.bool("read_only") ?? false
    if let bind = fields.child("bind") {
      createsHostPath = bind.bool("create_host_path") ?? true
      propagation = bind.text("propagation")
      recursion = bind.choice("recursive")
    }
    if let volume = fields.child("volume") { noCopy = volume.bool("nocopy") ?? false }
  }
}

extension VolumeEntry {
  /// What the short form says beyond ``Mount``; nil: nothing.
  var request: MountRequest? {
    guard relabelling != nil || consistency != nil else { return nil }
    var request = MountRequest(kind: kind == .bind ? .bind : .volume, source: source, target: target)
    request.isReadOnly = isReadOnly
    request.relabelling = relabelling
    request.consistency = consistency
    return request
  }
}
