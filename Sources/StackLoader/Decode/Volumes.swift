/// One entry of a service's `volumes` in its long form, before names and paths are looked up.
struct VolumeEntry {
  enum Kind: String { case bind, volume, tmpfs }
  var kind: Kind
  var source: String?
  var target: String
  var isReadOnly = false
  var createsHostPath = true
  var propagation: String?
  var noCopy = false
  var place: Place

  struct Failure: Error {
    var message: String
    var hint: String?
  }

  /// `[SOURCE:]TARGET[:OPTION,…]`
  init(short node: Node, text: String) throws(Failure) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 3, parts.allSatisfy({ !$0.isEmpty }) else {
      throw Failure(message: "\"\(text)\" is not a volume", hint: "write it as SOURCE:TARGET, TARGET or SOURCE:TARGET:ro")
    }
    source = parts.count > 1 ? parts[0] : nil
    target = parts.count > 1 ? parts[1] : parts[0]
    place = node.place
    kind = .volume
    if let source, source.hasPrefix(".") || source.hasPrefix("/") || source.hasPrefix("~") { kind = .bind }
    for option in parts.count > 2 ? parts[2].split(separator: ",").map(String.init) : [] {
      switch option {
      case "ro": isReadOnly = true
      case "nocopy": noCopy = true
      case "private", "rprivate", "shared", "rshared", "slave", "rslave": propagation = option
      case "rw", "z", "Z", "cached", "delegated", "consistent": break
      default:
        throw Failure(
          message: "\"\(text)\" has the option \"\(option)\"", hint: "there are ro, rw, nocopy, z, Z and propagations as rslave")
      }
    }
    guard target.hasPrefix("/") else { throw Failure(message: "\"\(text)\" has the target \"\(target)\", which is not an absolute path") }
    target = Paths.clean(target)
    if target == "/" { throw Failure(message: "\"\(text)\" would hide the whole container: its target is /") }
  }

  init(long fields: Fields) throws(Failure) {
    guard let text = fields.text("type") else { throw Failure(message: "has no type", hint: "there are bind, volume and tmpfs") }
    guard let kind = Kind(rawValue: text) else {
      let known = ["image", "npipe", "cluster"].contains(text)
      throw Failure(
        message: known ? "type \"\(text)\" is not supported yet by this version" : "type \"\(text)\" is not known",
        hint: "there are bind, volume and tmpfs")
    }
    self.kind = kind
    guard let written = fields.text("target") else { throw Failure(message: "has no target") }
    guard written.hasPrefix("/") else { throw Failure(message: "has the target \"\(written)\", which is not an absolute path") }
    target = Paths.clean(written)
    if target == "/" { throw Failure(message: "would hide the whole container: its target is /") }
    place = fields.node["source"]?.place ?? fields.node.place
    source = fields.text("source")
    if kind == .bind, source == nil { throw Failure(message: "has no source", hint: "a bind needs a path of the host") }
    isReadOnly = fields.bool("read_only") ?? false
    if let bind = fields.child("bind") {
      createsHostPath = bind.bool("create_host_path") ?? true
      propagation = bind.text("propagation")
    }
    if let volume = fields.child("volume") { noCopy = volume.bool("nocopy") ?? false }
  }
}
