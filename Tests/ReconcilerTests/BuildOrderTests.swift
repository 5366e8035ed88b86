import Reconciler
import StackModel
import Testing

@Suite struct BuildOrderTests {
  private func build(_ needs: [String: BuildSource] = [:]) -> BuildSpec {
    var options = BuildOptions()
    options.contexts = needs
    return BuildSpec(context: "/src", options: needs.isEmpty ? nil : options)
  }

  @Test func buildsWhatABuildUsesFirst() throws {
    let stack = stack(
      service("app") { $0.build = build(["base": .service("base"), "other": .image("tools:1")]) },
      service("base") { $0.build = build(["root": .service("root")]) }, service("root") { $0.build = build() })
    let plan = try World().plan(stack, .build(services: ["app"], noCache: false))
    #expect(plan.steps.map(\.action.subject) == ["Image root:1", "Image base:1", "Image app:1"])
    #expect(plan.steps.map(\.after) == [[], [0], [1]])
    guard case .buildImage(let spec, _, _) = plan.steps[2].action else { throw Wrong() }
    // A builder knows images only.
    #expect(spec.options?.contexts == ["base": .image("base:1"), "other": .image("tools:1")])
  }

  @Test func upBuildsThemTooWhenTheyAreMissing() throws {
    let stack = stack(
      service("app") { $0.build = build(["base": .service("base")]) }, service("base") { $0.build = build() })
    let plan = try World().plan(stack, up { $0.services = ["app"] })
    #expect(plan.steps.prefix(2).map(\.action.subject) == ["Image base:1", "Image app:1"])
    #expect(plan.steps[1].after == [0])
  }

  @Test func buildsThatNeedEachOtherAreRefused() throws {
    let stack = stack(
      service("a") { $0.build = build(["b": .service("b")]) }, service("b") { $0.build = build(["a": .service("a")]) })
    #expect(
      try refusal(World(), stack, .build(services: [], noCache: false))
        == "a: its build needs itself: a → b → a | take one of the additional_contexts away")
  }

  private struct Wrong: Error {}
}
