import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackModel

/// `muster cp`.
struct Cp: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "cp", abstract: "Copy files and folders between a service's container and this machine.",
    usage: "muster cp [<options>] SERVICE:PATH DEST|-\n       muster cp [<options>] SRC|- SERVICE:PATH",
    discussion: """
      '-' is a tar archive on standard output or input. A path that ends with /. means what is in the folder.
      To a service without --index it is copied to each of its containers.
      Example: muster cp web:/etc/nginx/nginx.conf .
      """)
  @OptionGroup var options: CopyOptions
  @Flag(help: "Containers of 'run' too.") var all = false
  @Option(help: "Which container of the service.") var index: Int?
  @Argument(help: "SERVICE:PATH, a path, or -.") var source: String
  @Argument(help: "A path, SERVICE:PATH, or -.") var destination: String

  func perform(_ context: Context) async throws -> Int32 {
    let source = CopySide(source)
    let destination = CopySide(destination)
    switch (source, destination) {
    case (.container(let service, let path), .local(let place)):
      guard let first = try await containers(of: service, context).first else { throw missing(service) }
      try await options.copyOut(ContainerPath(container: first, path: path), to: place, context)
    case (.local(let place), .container(let service, let path)):
      let found = try await containers(of: service, context)
      guard !found.isEmpty else { throw missing(service) }
      if place == "-", found.count > 1 {
        throw Exit(1, "standard input can be copied to one container only\n  hint: say which with --index")
      }
      for container in found { try await options.copyIn(place, to: ContainerPath(container: container, path: path), context) }
    case (.container, .container): throw Exit(1, "copying between services is not supported")
    case (.local, .local): throw Exit(1, "one of both must be SERVICE:PATH")
    }
    return 0
  }

  private func missing(_ service: String) -> Exit {
    Exit(1, "no container found for service \"\(visible(service))\"\(index.map { " with index \($0)" } ?? "")")
  }

  /// Names of the service's containers, running or not.
  private func containers(of service: String, _ context: Context) async throws -> [String] {
    let observed = try await context.engine().observe(try context.project())
    let known = Set(observed.containers.map(\.spec.service.rawValue))
    guard known.contains(service) else { throw Exit(1, unknownName("service", service, among: known)) }
    return observed.containers.filter { container in
      container.spec.service.rawValue == service && (all || !container.spec.isOneOff) && (index == nil || container.spec.number == index)
    }.sorted { ($0.spec.isOneOff ? 1 : 0, $0.spec.number) < ($1.spec.isOneOff ? 1 : 0, $1.spec.number) }.map(\.spec.name)
  }
}

/// `no service "wbe" in this stack; did you mean "web"?`
func unknownName(_ what: String, _ name: String, among known: some Collection<String>) -> String {
  let meant = nearestName(to: name, among: known.sorted()).map { "; did you mean \"\(visible($0))\"?" } ?? ""
  return "no \(what) \"\(visible(name))\"" + (what == "service" ? " in this stack" : "") + meant
}
