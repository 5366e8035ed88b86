import Foundation

extension Works {
  /// One container by those that are no pair of engines: Podman, and the OCI runtimes below engines.
  func others(_ peer: any Peer, _ results: inout Results) throws {
    guard let image, let muster = peer as? MusterPeer else { return }
    let podman = Podman(base: base, groupParent: groupPrefix + Podman.name)
    try podman.importImage(image.archive)
    results.add("run --rm true, no network", Podman.name, try podman.runOnce(onBridge: false))
    results.add("run --rm true, bridge", Podman.name, try podman.runOnce(onBridge: true))
    for seconds in try podman.exec(times: 3) { results.add("exec true", Podman.name, seconds) }
    let bundle = try bundle(muster.runtime, image)
    for runtime in [muster.runtime, "runc", "crun"] {
      let name = URL(fileURLWithPath: runtime).lastPathComponent
      let state = ["--root", "\(base)/oci/\(name)"]
      let peer = runtime == muster.runtime ? muster.name : name
      do {
        results.add(
          "an OCI runtime's run of true", peer, try Command([runtime] + state + ["run", "--bundle", bundle, "bench"]).run().seconds)
      } catch  where name == "crun" {
        // Where control groups are of both versions it starts nothing.
        results.addFailure("\(runtime): \(error)")
      }
    }
  }

  /// The bundle that the runtime itself proposes, with `true` for its program and the image's files.
  private func bundle(_ runtime: String, _ image: Image) throws -> String {
    let place = base + "/bundle"
    let file = URL(fileURLWithPath: place + "/config.json")
    guard !FileManager.default.fileExists(atPath: file.path) else { return place }
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try Command([runtime, "spec"], directory: place).run()
    guard var configuration = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any],
      var process = configuration["process"] as? [String: Any], var linux = configuration["linux"] as? [String: Any]
    else { throw Failure("\(runtime) spec wrote no configuration") }
    process["terminal"] = false
    process["args"] = ["true"]
    linux["cgroupsPath"] = "/\(groupPrefix)oci/bench"
    configuration["process"] = process
    configuration["linux"] = linux
    configuration["root"] = ["path": image.root, "readonly": true]
    try JSONSerialization.data(withJSONObject: configuration).write(to: file)
    return place
  }
}
