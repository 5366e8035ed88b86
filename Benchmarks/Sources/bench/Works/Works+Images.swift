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

  /// An image of six layers, pulled from and pushed to a registry on this machine, and loaded.
  func images(_ peer: any Peer, _ results: inout Results) throws {
    let megabytes = isQuick ? 30 : 180
    let source = try BigImage(base: base, megabytes: megabytes)
    let pulled = "127.0.0.1:5000/big:1"
    let full = try Registry(directory: source.registry, port: 5000)
    results.add("pull of \(megabytes) MB", peer.name, try peer.pull(pulled).run().seconds)
    full.stop()
    try check(pulled, peer)

    let pushed = "127.0.0.1:5001/pushed:1"
    let directory = source.registry + "-push"
    try? FileManager.default.removeItem(atPath: directory)
    let empty = try Registry(directory: directory, port: 5001)
    try peer.tag(pulled, as: pushed).run()
    results.add("push of \(megabytes) MB", peer.name, try peer.push(pushed).run().seconds)
    let layers = try empty.layers("pushed", "1")
    guard layers == 6 else { throw Failure("\(peer.name): \(layers) layers were pushed, not 6") }
    empty.stop()
    try peer.removeImage(pushed).run()
    try peer.removeImage(pulled).run()

    results.add("load of \(megabytes) MB from a tar file", peer.name, try peer.loadImage(source.archive).run().seconds)
    try check(source.name, peer)
    try peer.removeImage(source.name).run()
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
