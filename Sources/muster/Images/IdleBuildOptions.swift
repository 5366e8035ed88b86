import ArgumentParser

/// Flags of Docker's builds that are taken and have no effect here, which is told.
struct IdleBuildOptions: ParsableArguments {
  @Option(help: ArgumentHelp("No effect: there is one builder.", visibility: .hidden)) var builder: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("No effect, as with BuildKit.", visibility: .hidden)) var memory: String?
  @Option(help: ArgumentHelp("No effect: images get no attestations.", visibility: .hidden)) var provenance: String?
  @Option(help: ArgumentHelp("No effect: images get no attestations.", visibility: .hidden)) var sbom: String?

  func tell(_ output: Output) {
    for (flag, value) in [("--builder", builder), ("--memory", memory), ("--provenance", provenance), ("--sbom", sbom)] {
      if let value, value != "false" { output.error("warning: \(flag) has no effect") }
    }
  }
}
