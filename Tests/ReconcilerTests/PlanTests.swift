import FoundationEssentials
import Reconciler
import StackModel
import Testing

@Suite struct PlanTests {
  private func plan(_ edges: [Set<Int>], names: String) -> Plan {
    Plan(
      project: "p", basis: 7,
      steps: edges.enumerated().map {
        Step(id: $0.offset, action: .startContainer(name: "\(names)\($0.offset)"), reasons: [], after: $0.element)
      },
      notes: ["note of \(names)"], unchanged: [names])
  }

  @Test func followsAnotherAsAWhole() {
    let whole = plan([[], [0], []], names: "a").followed(by: plan([[], [0]], names: "b"))
    #expect(
      whole.description == """
        0 ~ start container a0
        1 ~ start container a1 after 0
        2 ~ start container a2
        3 ~ start container b0 after 1 2
        4 ~ start container b1 after 3
        note: note of a
        note: note of b
        """)
    #expect(whole.unchanged == ["b"])
    #expect(whole.steps.map(\.id) == [0, 1, 2, 3, 4])
  }

  @Test func needsReplanningOnlyWhenThereIsMoreThanImages() {
    var images = Plan(project: "p", basis: 0)
    images.steps = [Step(id: 0, action: .pullImage(reference: "x", service: "s"), reasons: [.absent])]
    #expect(!images.needsReplanning)
    #expect(!plan([[]], names: "a").needsReplanning)
    #expect(images.followed(by: plan([[]], names: "a")).needsReplanning)
    #expect(images.followed(by: plan([[]], names: "a")).imageSteps.steps == images.steps)
  }

  @Test func isTheSameTextEachTime() throws {
    let plan = plan([[], [], [], [0, 1, 2]], names: "a")
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(plan)
    #expect(String(decoding: data, as: UTF8.self).contains(#""after":[0,1,2]"#))
    #expect(try JSONDecoder().decode(Plan.self, from: data) == plan)
  }

  @Test func actionsHaveComposesWords() {
    #expect(Action.createNetwork(Network(key: "a", name: "p_a")).words.map { [$0.doing, $0.done] } == ["Creating", "Created"])
    #expect(Action.restartContainer(name: "c", id: "1", timeout: nil).words.map { [$0.doing, $0.done] } == ["Restarting", "Started"])
    #expect(Action.waitFor(service: "s", containers: [], condition: .healthy, isRequired: true).words == nil)
    #expect(Action.removeVolume("v").subject == "Volume v")
    #expect(Action.removeVolume("v").symbol == "-")
  }
}
