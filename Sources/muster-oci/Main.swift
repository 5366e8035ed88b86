import Glibc
import LinuxKit

/// An OCI runtime's command line, runc's: see `Usage`.
@main
enum MusterOCI {
  static func main() {
    var journal = Journal(path: nil, format: .text)
    do {
      let call = try Call(Array(CommandLine.arguments.dropFirst()))
      journal = call.journal
      exit(try run(call))
    } catch {
      journal.fail("\(error)")
      exit(1)
    }
  }

  private static func run(_ call: Call) throws -> Int32 {
    if call.isVersion {
      print("muster-oci version \(Usage.version)\nspec: 1.1.0")
      return 0
    }
    guard let name = call.command, let command = Usage.commands[name] else {
      print(Usage.text)
      if call.command == nil || call.command == "help" { return 0 }
      throw Failure("no such command: \(call.command ?? "")")
    }
    return try command(call)
  }
}
