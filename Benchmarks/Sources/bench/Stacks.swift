/// The stack files that are measured.
enum Stacks {
  private static let sleeper = "image: busybox, command: [sleep, \"100000\"], stop_signal: SIGKILL"

  /// Services that have nothing to do with each other, but a network.
  static func flat(_ count: Int) -> String {
    "services:\n" + (1...count).map { "  s\($0): {\(sleeper)}\n" }.joined()
  }

  /// Each waits until the one before it has started.
  static func chain(_ count: Int) -> String {
    "services:\n" + (1...count).map { "  s\($0): {\(sleeper)\($0 > 1 ? ", depends_on: [s\($0 - 1)]" : "")}\n" }.joined()
  }

  /// One, then all between at once, then one.
  static func diamond(_ count: Int) -> String {
    let middle = (2..<count).map { "s\($0)" }
    return "services:\n  s1: {\(sleeper)}\n" + middle.map { "  \($0): {\(sleeper), depends_on: [s1]}\n" }.joined()
      + "  s\(count): {\(sleeper), depends_on: [\(middle.joined(separator: ", "))]}\n"
  }

  /// For `run`: a service on a network, and one without.
  static let single = """
    services:
      alone: {image: busybox, network_mode: none}
      bridged: {image: busybox}
    """

  /// A page behind a published port.
  static func page(_ port: Int) -> String {
    """
    services:
      web:
        image: busybox
        command: [httpd, -f, -p, "80", -h, /bin]
        stop_signal: SIGKILL
        ports: ["127.0.0.1:\(port):80"]
    """
  }

  /// Writes so many megabytes of lines of 100 bytes, then sleeps.
  static func writer(_ megabytes: Int) -> String {
    """
    services:
      writer:
        image: busybox
        stop_signal: SIGKILL
        command: [sh, -c, "yes \(String(repeating: "x", count: 99)) | head -c \(megabytes)000000; touch /done; exec sleep 100000"]
    """
  }

  /// A service of the kind that people write, many times.
  static func large(_ count: Int) -> String {
    let services = (1...count).map { number in
      """
        app\(number):
          image: registry.example/app:\(number)
          command: ["serve", "--port", "80"]
          environment: {LOG_LEVEL: info, WORKERS: "4", NAME: "app \(number)"}
          ports: ["\(20000 + number):80"]
          volumes: ["data\(number):/data", "./conf:/etc/app:ro"]
          restart: unless-stopped
          healthcheck: {test: [CMD, curl, -f, http://localhost/], interval: 30s, retries: 3}

      """
    }
    return "services:\n" + services.joined() + "volumes:\n" + (1...count).map { "  data\($0): {}\n" }.joined()
  }

  static let build = """
    services:
      app: {build: ., image: bench-app}
    """

  /// Twenty steps.
  static let dockerfile =
    "FROM busybox:latest\nCOPY context /context\n" + (1...18).map { "RUN echo step \($0) > /step\($0)\n" }.joined()
}
