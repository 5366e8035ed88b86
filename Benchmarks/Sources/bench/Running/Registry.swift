import Foundation

/// Debian's `docker-registry` on 127.0.0.1, with a directory of its own.
struct Registry {
  private let pid: pid_t
  private let port: Int

  init(directory: String, port: Int) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let settings = """
      version: 0.1
      log: {level: error, accesslog: {disabled: true}}
      storage: {filesystem: {rootdirectory: \(directory)}}
      http: {addr: "127.0.0.1:\(port)"}
      """
    try settings.write(toFile: directory + ".yml", atomically: true, encoding: .utf8)
    self.port = port
    pid = try Command(["docker-registry", "serve", directory + ".yml"]).spawn(output: directory + ".log")
    _ = try eventually { try run(["curl", "-sf", "http://127.0.0.1:\(port)/v2/"]) }
  }

  func stop() {
    kill(pid, SIGTERM)
    _ = wait(for: pid)
  }

  /// How many layers the image has there.
  func layers(_ name: String, _ tag: String) throws -> Int {
    struct Manifest: Decodable {
      struct Layer: Decodable { var digest: String }
      var layers: [Layer]
    }
    let types = [BigImage.manifestType, "application/vnd.oci.image.manifest.v1+json"].flatMap { ["-H", "Accept: " + $0] }
    let text = try run(["curl", "-sf"] + types + ["http://127.0.0.1:\(port)/v2/\(name)/manifests/\(tag)"]).output
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
    for layer in manifest.layers { try run(["curl", "-sfI", "http://127.0.0.1:\(port)/v2/\(name)/blobs/\(layer.digest)"]) }
    return manifest.layers.count
  }
}
