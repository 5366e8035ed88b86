/// The rules that a Dockerfile is held against, by BuildKit's names: those that the file alone decides.
enum LintRule: String, CaseIterable {
  case consistentInstructionCasing = "ConsistentInstructionCasing"
  case duplicateStageName = "DuplicateStageName"
  case exposeInvalidFormat = "ExposeInvalidFormat"
  case exposeProtoCasing = "ExposeProtoCasing"
  case fromAsCasing = "FromAsCasing"
  case fromPlatformFlagConstDisallowed = "FromPlatformFlagConstDisallowed"
  case invalidDefaultArgInFrom = "InvalidDefaultArgInFrom"
  case jsonArgsRecommended = "JSONArgsRecommended"
  case legacyKeyValueFormat = "LegacyKeyValueFormat"
  case maintainerDeprecated = "MaintainerDeprecated"
  case multipleInstructionsDisallowed = "MultipleInstructionsDisallowed"
  case noEmptyContinuation = "NoEmptyContinuation"
  case redundantTargetPlatform = "RedundantTargetPlatform"
  case reservedStageName = "ReservedStageName"
  case secretsUsedInArgOrEnv = "SecretsUsedInArgOrEnv"
  case stageNameCasing = "StageNameCasing"
  case undefinedArgInFrom = "UndefinedArgInFrom"
  case undefinedVar = "UndefinedVar"
  case workdirRelativePath = "WorkdirRelativePath"

  /// Docker's page about it.
  var url: String {
    var words = ""
    let letters = Array(rawValue)
    for (index, letter) in letters.enumerated() {
      let endsRun = index + 1 < letters.count && letters[index + 1].isLowercase
      let begins = letter.isUppercase && index > 0 && (letters[index - 1].isLowercase || endsRun)
      words += (begins ? "-" : "") + letter.lowercased()
    }
    return "https://docs.docker.com/go/dockerfile/rule/\(words)/"
  }
}
