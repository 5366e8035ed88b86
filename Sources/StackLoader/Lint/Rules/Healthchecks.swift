import Diagnostics

/// Health checks that cannot pass, and options of theirs without effect.
func checkHealthchecks(_ lint: Lint) {
  for service in lint.services {
    guard let healthcheck = service["healthcheck"] else { continue }
    if let test = healthcheck["test"], let image = service.image, let known = service.known {
      let words = (test.sequence ?? [test]).compactMap(\.text).flatMap { $0.split { " \t\n;|&()`\"'$".contains($0) } }
      for program in ["curl", "wget"] where words.contains(where: { $0 == program || $0.hasSuffix("/bin/\(program)") }) {
        guard known.lacks(program, in: image) else { continue }
        lint.tell(
          .missingHealthcheckTool, test.place, service,
          "\(service.subject): its health check runs \(program), which \(image.written)"
            + "\(image.tag.map { ":\($0)" } ?? "") does not have",
          hint: "check with what the image has, or add \(program) in an image of your own")
      }
    }
    if let interval = healthcheck["start_interval"], !interval.isNull {
      let period = healthcheck["start_period"]?.text.flatMap(Values.duration)
      guard period == nil || period == 0 else { continue }
      lint.tell(
        .startIntervalWithoutPeriod, interval.place, service, "\(service.subject): start_interval has no effect without a start_period",
        hint: "add start_period: 30s, as long as the start may take")
    }
  }
}
