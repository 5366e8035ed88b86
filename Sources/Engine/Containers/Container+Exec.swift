import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import ImageStore
import LinuxKit
import OCI
import ShimProtocol
import StackModel

extension Container {
  /// Starts a further process inside; one of a health check in a control group of such. A `SetupFailure` says why it could not begin, and the exit code for that.
  func execute(
    _ options: ExecOptions, isInteractive: Bool, isDetached: Bool = false, image: Image, isProbe: Bool = false
  ) async throws -> ExecSession {
    guard let running, let whole = running.cgroup else {
      throw EngineError(.conflict, subject: spec.service.rawValue, "the container \(spec.name) is not running")
    }
    let launch = Launch(
      engine: engine, id: id, spec: mountedSpec, image: image.config, root: root(image), volumes: volumePaths(), endpoints: record.endpoints
    )
    do {
      let cgroup = isProbe ? try whole.nested(probeGroup).joined : whole
      let plan = try traced("plan setup") { try execPlan(launch.inputs(files, owner: nil, cgroup: cgroup), options) }
      let slots = OpenSlots(
        spec: spec, cgroup: cgroup, capabilities: plan.capabilities, imageArchitecture: image.config.architecture,
        seccomp: plan.seccomp,
        contents: await engine.contents(of: spec.project),
        filters: engine.filters, initProgram: engine.initProgram,
        // The group of checks has been killed once, and since Linux 6.14 that also kills whatever is cloned into it later.
        isForClone: running.shim.process != nil && !isProbe)
      let descriptors = try traced("open descriptors") { try slots.open(plan.slots) }
      defer { withExtendedLifetime(descriptors) {} }
      let shim = running.shim
      let process = shim.process
      // A shim that an older engine has made may know nothing of traces.
      let take: ShimTrace.Taker? = process.flatMap { process in ShimTrace(spec.name, plan.steps)?.taker(for: process) }
      let start = ExecStart(
        session: .random(in: 1...UInt32.max), cgroupSlots: plan.cgroupSlots, steps: plan.steps, hasTerminal: options.hasTerminal,
        isInteractive: isInteractive, isDetached: isDetached, isTraced: take != nil)
      let numbers = descriptors.map(\.number)
      return try await traced("make process") { try await shim.exec(start, descriptors: numbers, trace: take) }
    } catch let error where !(error is SetupFailure) {
      throw startError(error, spec: spec)
    }
  }
}

/// The part of a container's control group that health checks run in.
let probeGroup = "muster-probe"
