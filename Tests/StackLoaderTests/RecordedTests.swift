import Testing

@testable import StackLoader

/// Muster beside Docker Compose 2.26.1, whose answers are written down: the same, or a difference that is listed here with its reason.
@Suite struct RecordedTests {
  /// Reasons to differ, each with the cases that do.
  static let reasons: [(reason: String, cases: [String])] = [
    (
      "Compose 2.26.1 takes a name that stands on a file's last line without a newline for a value without a name; with a newline, as it is meant",
      [
        "dotenv SET", "dotenv UNSET", "dotenv  SET ", "dotenv export SET", "dotenv A", "dotenv export", "dotenv A=1\n---",
        "precedence: environment without value in env_file",
      ]
    ),
    (
      "and so it does with what follows a closing quote, and with a line of several words: mistakes that are told here",
      ["dotenv A='x'y", "dotenv A=\"x\"y", "dotenv A='x' y", "dotenv A=\"x\" y", "dotenv unset A", "dotenv A='x'y\n"]
    ),
    ("a variable needs a name", ["dotenv =1", "dotenv A\n=1"]),
    (
      "only what is used is looked at, as in a shell and in later versions of compose-go",
      ["interpolation ${SET:-${UNSET:?unused}}", "interpolation ${UNSET:+${UNSET2:?unused}}"]
    ),
    ("a default may have several lines; Compose's expression ends at the first", ["interpolation ${UNSET:-a\nb}"]),
    (
      "Compose 2.26.1 doubles dollar signs in the keys it prints, which reading does not halve again",
      ["keys: of environment", "keys: of labels", "keys: of build arguments", "keys: of x-"]
    ),
    (
      "in later versions, the .env file beside the command stands over that of the project it finds above",
      ["precedence: .env below a file found above"]
    ),
    ("an empty document says nothing", ["files: an empty document"]),
    ("the same group twice is the same group", ["merge group_add: [a, b] + group_add: [b, c]"]),
    ("one port of the machine cannot lead to two of a container", ["merge ports: [\"80:80\"] + ports: [\"80:81\"]"]),
    (
      "a published port is the same, written as a number or as a text", ["merge ports: [\"80:80\"] + ports: [{target: 80, published: 80}]"]
    ),
    ("since compose-go 2.14, what a file says stands over what it includes", ["include: the same service twice, different"]),
  ]
  static let justified = Set(reasons.flatMap(\.cases))

  @Test(arguments: RecordedCase.all("variables")) func variables(_ recorded: RecordedCase) throws { try check(recorded) }

  @Test(arguments: RecordedCase.all("merge")) func merging(_ recorded: RecordedCase) throws { try check(recorded) }

  /// Reasons name cases that there are.
  @Test func reasonsAreForCases() {
    let names = Set((RecordedCase.all("variables") + RecordedCase.all("merge")).map(\.name))
    #expect(Self.justified.subtracting(names).sorted() == [])
  }

  private func check(_ recorded: RecordedCase) throws {
    let difference = try recorded.difference()
    if Self.justified.contains(recorded.name) {
      #expect(difference != [], "no longer differs: remove its reason")
    } else {
      #expect(difference == [], "Compose: \(recorded.error ?? "takes it")")
    }
  }
}
