extension Plan {
  /// Some steps make images and others need to know what those became: carry out `imageSteps`, observe, plan again.
  public var needsReplanning: Bool {
    steps.contains { $0.action.makesImage } && steps.contains { !$0.action.makesImage }
  }

  /// The pulls and builds alone.
  public var imageSteps: Plan {
    var images = Plan(project: project, basis: basis)
    var place: [Int: Int] = [:]
    for step in steps where step.action.makesImage {
      place[step.id] = images.steps.count
      images.steps.append(
        Step(id: images.steps.count, action: step.action, reasons: step.reasons, after: Set(step.after.compactMap { place[$0] })))
    }
    return images
  }

  /// This plan and then another, which begins when all of this one is done. The other's view of the world counts.
  public func followed(by next: Plan) -> Plan {
    var whole = next
    whole.notes = notes + next.notes.filter { !notes.contains($0) }
    let needed = steps.reduce(into: Set(steps.map(\.id))) { $0.subtract($1.after) }
    var place: [Int: Int] = [:]
    whole.steps = steps
    for step in next.steps {
      let id = whole.steps.count
      place[step.id] = id
      let after = Set(step.after.compactMap { place[$0] })
      whole.steps.append(
        Step(
          id: id, action: step.action, reasons: step.reasons, after: after.isEmpty ? needed : after,
          afterEnd: step.afterEnd.map { Set($0.compactMap { place[$0] }) }))
    }
    return whole
  }
}
