import Diagnostics
import Reconciler
import StackModel
import Terminal

/// What variables of Compose's say where no option does.
struct ComposeSettings {
  private let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  /// `COMPOSE_PROGRESS`
  func progress() throws -> ProgressMode? { try value("COMPOSE_PROGRESS") { ProgressMode(rawValue: $0) } }

  /// `COMPOSE_ANSI`
  func ansi() throws -> StackOptions.Ansi? { try value("COMPOSE_ANSI") { StackOptions.Ansi(rawValue: $0) } }

  /// `COMPOSE_PARALLEL_LIMIT`
  func parallelism() throws -> Int? {
    let name = "COMPOSE_PARALLEL_LIMIT"
    return try Self.parallelism(try value(name) { Int($0) }, name)
  }

  /// `COMPOSE_REMOVE_ORPHANS`
  var removesOrphans: Bool { get throws { try flag("COMPOSE_REMOVE_ORPHANS") } }

  /// `COMPOSE_IGNORE_ORPHANS`
  var ignoresOrphans: Bool { get throws { try flag("COMPOSE_IGNORE_ORPHANS") } }

  /// Steps at the same time, of `--parallel`: -1 is without limit.
  static func parallelism(_ number: Int?, _ name: String) throws -> Int? {
    guard let number, number != -1 else { return number == nil ? nil : 1_000_000 }
    guard number > 0 else { throw Exit(1, "\(name) \(number): write a number from 1 on, or -1 for no limit") }
    return number
  }

  private func flag(_ name: String) throws -> Bool {
    try value(name) { text in
      switch text.lowercased() {
      case "1", "t", "true", "y", "yes", "on": true
      case "0", "f", "false", "n", "no", "off": false
      default: nil
      }
    } ?? false
  }

  /// nil: it is not set, or empty.
  private func value<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value? {
    guard let text = environment[name], !text.isEmpty else { return nil }
    guard let value = read(text) else { throw Exit(1, "the environment's \(name)=\(visible(text)) is no value of it") }
    return value
  }
}

extension Context {
  /// What becomes of containers of services that are not in the stack file; `removes`: as the command line says.
  func orphans(_ removes: Bool) throws -> (removes: Bool, ignores: Bool?) {
    let settings = ComposeSettings(environment)
    let (removes, ignores) = (try removes || settings.removesOrphans, try settings.ignoresOrphans)
    if removes, ignores { throw Exit(1, "COMPOSE_IGNORE_ORPHANS and --remove-orphans cannot be combined") }
    return (removes, ignores ? true : nil)
  }

  /// What the global options and the environment say of an `up`.
  func add(to options: inout UpOptions, removesOrphans: Bool) throws {
    (options.removeOrphans, options.ignoresOrphans) = try orphans(removesOrphans)
    options.allResources = self.options.allResources ? true : nil
  }
}
