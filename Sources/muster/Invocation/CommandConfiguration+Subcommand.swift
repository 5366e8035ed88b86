import ArgumentParser

extension CommandConfiguration {
  /// Of a command that is called often: its line is parsed once.
  ///
  /// A line that is parsed by its command alone is first looked through, twice, for `--generate-completion-script`, which only the whole program has; not
  /// where the command says whose part it is.
  var ofSubcommand: CommandConfiguration {
    var configuration = self
    configuration._superCommandName = "muster"
    return configuration
  }
}
