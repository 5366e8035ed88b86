import StackModel

extension Action {
  /// What the step is about, as people see it: `Container shop-web-1`.
  public var subject: String {
    switch self {
    case .pullImage(let reference, _), .pushImage(let reference, _), .removeImage(let reference): "Image \(reference)"
    case .buildImage(_, let references, let service): "Image \(references.first ?? service.rawValue)"
    case .createNetwork(let network): "Network \(network.name)"
    case .removeNetwork(let name): "Network \(name)"
    case .createVolume(let volume): "Volume \(volume.name)"
    case .removeVolume(let name): "Volume \(name)"
    case .createContainer(let spec, _): "Container \(spec.name)"
    case .startContainer(let name), .stopContainer(let name, _, _), .killContainer(let name, _, _),
      .restartContainer(let name, _, _), .renewFiles(let name, _, _), .updateContainer(let name, _, _),
      .removeContainer(let name, _, _):
      "Container \(name)"
    case .createSuccessor(_, let name, _), .watchContainer(let name, _, _), .drainContainer(let name, _, _), .handOver(let name, _, _):
      "Container \(name)"
    case .waitFor(let service, _, _, _), .delayBatch(let service, _): "Service \(service)"
    case .settleBatch(let batch): "Service \(batch.service)"
    case .createJob(let name, _), .updateJob(let name, _), .removeJob(let name, _): "Job \(name)"
    }
  }

  /// Compose's words for the beginning and the end; nil for a wait, whose containers tell by themselves, and for what only judges.
  public var words: (doing: String, done: String)? {
    switch self {
    case .pullImage: ("Pulling", "Pulled")
    case .pushImage: ("Pushing", "Pushed")
    case .buildImage: ("Building", "Built")
    case .createNetwork, .createVolume, .createContainer, .createSuccessor, .createJob: ("Creating", "Created")
    case .removeNetwork, .removeVolume, .removeContainer, .removeImage, .removeJob: ("Removing", "Removed")
    case .startContainer: ("Starting", "Started")
    case .stopContainer: ("Stopping", "Stopped")
    case .killContainer: ("Killing", "Killed")
    case .restartContainer: ("Restarting", "Started")
    case .renewFiles, .updateContainer, .updateJob: ("Updating", "Updated")
    case .watchContainer: ("Waiting", "Updated")
    case .handOver: ("Switching over", "Switched over")
    case .drainContainer: ("Draining", "Drained")
    case .waitFor, .settleBatch, .delayBatch: nil
    }
  }

  /// The sign before the step in a printed plan.
  public var symbol: Character {
    switch self {
    case .pullImage, .buildImage, .createNetwork, .createVolume, .createContainer, .createSuccessor, .createJob: "+"
    case .removeNetwork, .removeVolume, .removeContainer, .removeImage, .removeJob: "-"
    case .startContainer, .stopContainer, .killContainer, .restartContainer, .waitFor, .pushImage,
      .watchContainer, .handOver, .drainContainer, .settleBatch, .delayBatch:
      "~"
    case .renewFiles, .updateContainer, .updateJob: "±"
    }
  }

  /// The imperative: `create container shop-web-1`.
  public var sentence: String {
    switch self {
    case .pullImage(let reference, _): "pull image \(reference)"
    case .pushImage(let reference, _): "push image \(reference)"
    case .buildImage(_, let references, let service): "build image \(references.first ?? service.rawValue)"
    case .createNetwork(let network): "create network \(network.name)"
    case .removeNetwork(let name): "remove network \(name)"
    case .createVolume(let volume): "create volume \(volume.name)"
    case .removeVolume(let name): "remove volume \(name)"
    case .createContainer(let spec, _): "create container \(spec.name)"
    case .startContainer(let name): "start container \(name)"
    case .stopContainer(let name, _, _): "stop container \(name)"
    case .killContainer(let name, _, let signal): "kill container \(name) with \(signal)"
    case .restartContainer(let name, _, _): "restart container \(name)"
    case .renewFiles(let name, _, let spec):
      "renew the secrets of container \(name)" + (spec.options.onSecretChange.map { $0 == .none ? "" : ", then \($0.text)" } ?? "")
    case .updateContainer(let name, _, _): "update container \(name) in place"
    case .removeContainer(let name, _, let volumes): "remove container \(name)" + (volumes ? " and its anonymous volumes" : "")
    case .waitFor(let service, _, .started, _): "wait until \(service) is up"
    case .waitFor(let service, _, .healthy, _): "wait until \(service) is healthy"
    case .waitFor(let service, _, .completed, _): "wait until \(service) has completed"
    case .removeImage(let reference): "remove image \(reference)"
    case .createSuccessor(let spec, let name, _): "create container \(name), which will be \(spec.name)"
    case .watchContainer(let name, _, let monitor?): "watch container \(name) for \(FieldText.of(monitor))"
    case .watchContainer(let name, _, nil): "watch container \(name) until it is healthy"
    case .handOver(let name, _, let successor): "let \(successor) take over from container \(name)"
    case .drainContainer(let name, _, _): "drain container \(name)"
    case .settleBatch(let batch): "settle the \(batch.words)"
    case .createJob(let name, let job): "create job \(name), \(job.triggerText)"
    case .updateJob(let name, _): "update job \(name)"
    case .removeJob(let name, _): "remove job \(name) and its history"
    case .delayBatch(let service, let delay): "wait \(FieldText.of(delay)) before the next of \(service)"
    }
  }

  /// Pulls and builds: what they yield decides the rest of a plan.
  public var makesImage: Bool {
    switch self {
    case .pullImage, .buildImage: true
    default: false
    }
  }
}
