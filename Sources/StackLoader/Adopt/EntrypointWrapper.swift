import StackModel

/// A shell before a service's program: it reads the variable's file, exports the variable and becomes the program.
///
/// The value is then in the environment of the container's processes and nowhere else: not in the stack file, not in what the engine keeps.
struct EntrypointWrapper: Equatable {
  let entrypoint: [String]
  /// nil: the service has its own already.
  let command: [String]?

  init(
    _ name: String, _ fileVariable: String, _ service: Service, _ linted: LintedService, _ image: AdoptionRequest.ImageProcess?,
    _ files: WrittenFiles, value: String, subject: String
  ) throws(AdoptionRefusal) {
    guard !value.hasSuffix("\n") else {
      throw AdoptionRefusal("\(subject): its value ends with a newline, which a shell's wrapper would take off", hint: "remove the newline")
    }
    // What is written for it is its value: a variable would be frozen.
    let words = linted["entrypoint"].map { $0.sequence ?? [$0] } ?? []
    if words.contains(where: { (files.written($0) ?? $0.text ?? "").replacing("$$", with: "").contains("$") }) {
      throw AdoptionRefusal(
        "\(subject): the service's entrypoint has variables of the stack file in it",
        hint: "write what they stand for, and run the command again")
    }
    let own = service.options.entrypoint
    let needsCommand = service.options.command == nil && own?.isEmpty ?? true
    if own == nil || needsCommand, image == nil {
      throw AdoptionRefusal(
        "\(subject): what the image \(service.image) runs is not known here, so that nothing can be put before it",
        hint: "pull or import the image first, or write entrypoint and command of the service")
    }
    let program = own ?? image?.entrypoint ?? []
    command = needsCommand ? image?.command : nil
    guard !(program + (command ?? service.options.command ?? [])).isEmpty else {
      throw AdoptionRefusal("\(subject): neither the service nor its image says what to run", hint: "give the service a command")
    }
    let script = "\(name)=\"$(cat \"$\(fileVariable)\")\" && export \(name) && unset \(fileVariable) && exec \"$@\""
    entrypoint = ["/bin/sh", "-c", script, "sh"] + program
  }

  /// A list in YAML's flow style, which JSON reads too.
  static func flow(_ words: [String]) -> String { "[" + words.map(quoted).joined(separator: ", ") + "]" }

  private static func quoted(_ word: String) -> String {
    var text = "\""
    for scalar in word.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case "$": text += "$$"
      case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
