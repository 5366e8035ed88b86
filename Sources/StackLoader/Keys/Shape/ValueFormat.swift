/// The small language that a value is written in, for telling what is expected. Decoding checks it; the structure does not.
enum ValueFormat: Sendable {
  case duration, bytes, cores, ports, address, subnet, path, command, image, octal, cron

  /// What is expected, in words.
  var words: String {
    switch self {
    case .duration: "a duration"
    case .bytes: "a size"
    case .cores: "a number of cores"
    case .ports: "a port"
    case .address: "an IP address"
    case .subnet: "a subnet"
    case .path: "a path"
    case .command: "a string"
    case .image: "an image's name"
    case .octal: "permissions in octal"
    case .cron: "a cron expression"
    }
  }

  var examples: [String] {
    switch self {
    case .duration: ["10s", "1m30s"]
    case .bytes: ["512m", "2g"]
    case .cores: ["0.5", "2"]
    case .ports: ["8080:80", "127.0.0.1:8080:80/tcp"]
    case .address: ["172.28.0.10"]
    case .subnet: ["172.28.0.0/16"]
    case .image: ["nginx:1.27"]
    case .octal: ["0440"]
    case .cron: ["0 3 * * *"]
    case .path, .command: []
    }
  }
}
