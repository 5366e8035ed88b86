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

  /// Each waits until the one before it is healthy.
  static func healthyChain(_ count: Int) -> String {
    let check = "healthcheck: {test: [CMD, \"true\"], interval: 1s}"
    return "services:\n"
      + (1...count).map { number in
        let needs = number > 1 ? ", depends_on: {s\(number - 1): {condition: service_healthy}}" : ""
        return "  s\(number): {\(sleeper), \(check)\(needs)}\n"
      }.joined()
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

  /// A server of `traffic` behind a port on all addresses.
  static func server(_ port: Int) -> String {
    """
    services:
      web:
        image: busybox
        command: [traffic, serve, "8080"]
        stop_signal: SIGKILL
        ports: ["\(port):8080"]
    """
  }

  /// Each waits for a file `go/go`, writes so many megabytes of lines of 100 bytes to its log, then says so with a file of its name.
  static func writers(_ count: Int, megabytes: Int) -> String {
    let line = String(repeating: "x", count: 99)
    let writing = "yes \(line) | head -c \(megabytes)000000; touch /go/$$NAME"
    let command = "until test -e /go/go; do usleep 20000; done; \(writing); exec sleep 100000"
    let services = (1...count).map { number in
      """
        w\(number):
          image: busybox
          stop_signal: SIGKILL
          environment: {NAME: w\(number)}
          volumes: ["./go:/go"]
          logging: {driver: json-file, options: {max-size: "4g", max-file: "2"}}
          command: [sh, -c, "\(command)"]

      """
    }
    return "services:\n" + services.joined()
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
