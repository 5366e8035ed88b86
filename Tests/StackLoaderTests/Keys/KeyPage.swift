@testable import StackLoader

/// The documentation's page of all keys, made from the table.
struct KeyPage {
  static func text() -> String {
    let rows = KeyTable.all.filter { row in
      // What jobs have in common with services is not repeated.
      !(row.path.count > 2 && row.path[0] == "jobs" && KeyTable.key(at: ["services"] + row.path.dropFirst()) != nil)
    }
    return """
      # Keys of the stack file

      Every key of the Compose Specification and what becomes of it.

      ## Overview

      Made from `KeyTable` by a test (`MUSTER_WRITE_GOLDEN=1 swift test --filter GeneratedFilesTests` writes it anew), as is
      `schemas/stack.schema.json` for editors. In paths, `*` stands for a name of your own.

      * *exact*: as the specification has it; *exact, but*: except for the values named.
      * *equivalent*: in another way, with the same result.
      * *approximate*: a hint without effect; a warning names it (MU0303), an error under `--strict`.
      * *unsupported*: an error names it (MU0302) and nothing is started; `muster config` shows it and goes on.

      Keys that start with `x-` are yours. All others that are not listed here are mistakes (MU0301). `jobs.*` has the keys of a service
      but \(listed(KeyTable.serviceOnlyKeys.map { "`\($0.name)`" }, "and")), and those listed.

      ## Keys

      | key | what it says | support | why, and what to do |
      |---|---|---|---|
      \(rows.map(line).joined(separator: "\n"))

      """
  }

  private static func line(_ row: (path: [String], key: Key, support: KeySupport)) -> String {
    let (support, why) = words(row.support)
    let isOwn = row.key.support != .inherited
    return "| `\(row.path.joined(separator: "."))` | \(escaped(row.key.about)) | \(support) | \(isOwn ? escaped(why) : "") |"
  }

  private static func words(_ support: KeySupport) -> (String, String) {
    switch support {
    case .exact: ("exact", "")
    case .limited(let except): ("exact, but", except)
    case .equivalent(let why): ("equivalent", why)
    case .approximate(let why, let advice): ("approximate", "\(why); \(advice)")
    case .unsupported(let why, let advice): ("unsupported", "\(why); \(advice)")
    case .inherited: ("", "")
    }
  }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
