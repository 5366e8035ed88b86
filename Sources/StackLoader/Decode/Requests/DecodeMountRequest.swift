import StackModel

extension ServiceDecoder {
  /// What an entry of `volumes` in its long form says beyond ``Mount``, or a kind that does not exist here; nil: nothing.
  func mountRequest(_ written: Fields) -> MountRequest? {
    guard let kind: MountRequest.Kind = written.choice("type"), let target = written.text("target") else { return nil }
    var request = MountRequest(kind: kind, source: written.text("source"), target: target)
    let plain = request
    request.consistency = written.choice("consistency")
    request.relabelling = written.child("bind")?.choice("selinux")
    request.labels = written.child("volume")?.pairs("labels") ?? [:]
    for (option, kinds) in [("bind", "bind"), ("volume", "volume"), ("tmpfs", "tmpfs"), ("image", "image")] where kinds != kind.rawValue {
      guard let options = written.node[option]?.mapping, !options.isEmpty else { continue }
      // The long form of `volume:/target:z`.
      if option == "bind", kind == .volume, options.keys == ["selinux"] { continue }
      report.error(
        .conflict, written.place(option), "\(written.subject): a mount of the type \(kind.rawValue) has options of a \(option)",
        hint: "remove \(option), or make the type \(option)")
    }
    request.isReadOnly = written.bool("read_only") ?? false
    guard kind == .npipe || kind == .cluster else {
      // Where it is mounted and how is the mount's to say.
      var said = plain
      said.isReadOnly = request.isReadOnly
      return request == said ? nil : request
    }
    if let value = written.node["type"] {
      let hint =
        switch kind {
        case .npipe: "named pipes are for Windows; bind the socket's file"
        default: "use a volume of this machine"
        }
      written.refuse("type", value, hint: hint)
    }
    return request
  }
}
