import ArgumentParser
import Backend

/// `muster container cp`.
struct ContainerCp: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "cp", abstract: "Copy files and folders between a container and this machine.",
    usage: "muster container cp [<options>] CONTAINER:PATH DEST|-\n       muster container cp [<options>] SRC|- CONTAINER:PATH",
    discussion: """
      '-' is a tar archive on standard output or input. A path that ends with /. means what is in the folder.
      Example: tar -c site | muster container cp - shop-web-1:/srv
      """)
  @OptionGroup var options: CopyOptions
  @Argument(help: "CONTAINER:PATH, a path, or -.") var source: String
  @Argument(help: "A path, CONTAINER:PATH, or -.") var destination: String

  func perform(_ context: Context) async throws -> Int32 {
    switch (CopySide(source), CopySide(destination)) {
    case (.container(let container, let path), .local(let place)):
      try await options.copyOut(ContainerPath(container: container, path: path), to: place, context)
    case (.local(let place), .container(let container, let path)):
      try await options.copyIn(place, to: ContainerPath(container: container, path: path), context)
    case (.container, .container): throw Exit(1, "copying between containers is not supported")
    case (.local, .local): throw Exit(1, "must specify at least one container source")
    }
    return 0
  }
}
