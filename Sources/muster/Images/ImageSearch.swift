import ArgumentParser

/// `muster image search`.
struct ImageSearch: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: SearchArguments.abstract, discussion: SearchArguments.discussion)
  @OptionGroup var arguments: SearchArguments

  func perform(_ context: Context) async throws -> Int32 { try await arguments.perform(context) }
}
