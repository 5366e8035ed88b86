import ArgumentParser

/// Takes the options before the subcommand off; the rest begins with the subcommand, or is empty.
func splitGlobals(_ arguments: [String]) throws -> (StackOptions, rest: [String]) {
  var index = 0
  while index < arguments.count, arguments[index].hasPrefix("-"), arguments[index] != "-" {
    let word = arguments[index]
    index += 1
    if word == "--" { break }
    // `--file=x` and `-fx` carry their value.
    let carries = word.hasPrefix("--") ? word.contains("=") : word.utf8.count > 2
    if !carries, !StackOptions.flags.contains(word), index < arguments.count { index += 1 }
  }
  let leading = Array(arguments[..<index])
  let rest = Array(arguments[index...])
  if leading.contains("-h") || leading.contains("--help") { return (StackOptions(), ["--help"]) }
  let options = leading.isEmpty ? .none : try parse(leading)
  return (options, options.version ? ["--version"] : rest)
}

private func parse(_ leading: [String]) throws -> StackOptions {
  do {
    return try StackOptions.parse(leading)
  } catch {
    throw Exit(1, StackOptions.message(for: error) + "\nSee 'muster --help'.")
  }
}
