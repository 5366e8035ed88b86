import Foundation

extension Works {
  /// Twenty steps, with 10,000 files beside the Dockerfile (1,000 when quick).
  func build(_ peer: any Peer, _ results: inout Results) throws {
    let place = try place("build", Stacks.build, peer)
    let context = place + "/context"
    let count = isQuick ? 1000 : 10_000
    if !FileManager.default.fileExists(atPath: context) {
      try FileManager.default.createDirectory(atPath: context, withIntermediateDirectories: true)
      for number in 1...count { try "file \(number)\n".write(toFile: "\(context)/\(number)", atomically: false, encoding: .utf8) }
    }
    try Stacks.dockerfile.write(toFile: place + "/Dockerfile", atomically: false, encoding: .utf8)
    results.add("build of 20 steps, \(count) files, no cache", peer.name, try peer.compose("build", "--no-cache", in: place).seconds)
    try peer.compose("build", in: place)
    results.add("build of 20 steps, all cached", peer.name, try peer.compose("build", in: place).seconds)
    guard try peer.hasImage("bench-app:latest") else { throw Failure("\(peer.name): the image was not built") }
    let check = try self.place("built", "services: {app: {image: bench-app, network_mode: none}}\n", peer)
    try peer.compose("run", "--rm", "-T", "app", "test", "-s", "/step18", "-a", "-s", "/context/\(count)", in: check)
    try peer.compose("down", in: check)
  }

  private var megabytes: Int { isQuick ? 30 : 180 }

  /// An image of six layers from a registry on this machine.
  func pull(_ peer: any Peer, _ results: inout Results) throws {
    results.add("pull of \(megabytes) MB", peer.name, try pull(peer).seconds)
    try check(BigImage.pulled, peer)
    try remove(peer)
  }

  @discardableResult
  private func pull(_ peer: any Peer) throws -> Outcome {
    let source = try BigImage(base: base, megabytes: megabytes)
    let registry = try Registry(directory: source.registry, port: 5000)
    defer { registry.stop() }
    return try peer.pull(BigImage.pulled).run()
  }

  /// To a registry that has nothing yet.
  func push(_ peer: any Peer, _ results: inout Results) throws {
    try pull(peer)
    try peer.tag(BigImage.pulled, as: BigImage.pushed).run()
    let directory = base + "/registry-\(peer.name)"
    try? FileManager.default.removeItem(atPath: directory)
    let registry = try Registry(directory: directory, port: 5001)
    defer { registry.stop() }
    results.add("push of \(megabytes) MB", peer.name, try peer.push(BigImage.pushed).run().seconds)
    let layers = try registry.layers("pushed", "1")
    guard layers == 6 else { throw Failure("\(peer.name): \(layers) layers were pushed, not 6") }
    try remove(peer)
  }

  /// From a file as `docker save` writes it.
  func unpack(_ peer: any Peer, _ results: inout Results) throws {
    let source = try BigImage(base: base, megabytes: megabytes)
    results.add("load of \(megabytes) MB from a tar file", peer.name, try peer.loadImage(source.archive).run().seconds)
    try check(BigImage.loaded, peer)
    try remove(peer)
  }

  /// By its id, and so under all its names: its layers are gone, and the next round begins with nothing.
  func remove(_ peer: any Peer) throws {
    try peer.removeImage(BigImage(base: base, megabytes: megabytes).id).run()
    for name in [BigImage.pulled, BigImage.pushed, BigImage.loaded] where try peer.hasImage(name) {
      throw Failure("\(peer.name): the image \(name) is still there")
    }
  }

  /// A container of the big image reads a file of each layer.
  private func check(_ reference: String, _ peer: any Peer) throws {
    let place = try place("big", "services: {app: {image: \"\(reference)\", network_mode: none}}\n", peer)
    let output = try peer.compose("run", "--rm", "-T", "app", in: place).output
    guard output.split(separator: "\n").filter({ $0.hasSuffix(": OK") }).count == 6 else {
      throw Failure("\(peer.name): files of the image are not as they were: \(output)")
    }
    try peer.compose("down", in: place)
  }
}
