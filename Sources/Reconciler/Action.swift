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
    case .waitFor(let service, _, _, _): "Service \(service)"
    }
  }

  /// Compose's words for the beginning and the end; nil for a wait, whose containers tell by themselves.
  public var words: (doing: String, done: String)? {
    switch self {
    case .pullImage: ("Pulling", "Pulled")
    case .pushImage: ("Pushing", "Pushed")
    case .buildImage: ("Building", "Built")
    case .createNetwork, .createVolume, .createContainer: ("Creating", "Created")
    case .removeNetwork, .removeVolume, .removeContainer, .removeImage: ("Removing", "Removed")
    case .startContainer: ("Starting", "Started")
    case .stopContainer: ("Stopping", "Stopped")
    case .killContainer: ("Killing", "Killed")
    case .restartContainer: ("Restarting", "Started")
    case .renewFiles, .updateContainer: ("Updating", "Updated")
    case .waitFor: nil
    }
  }

  /// The sign before the step in a printed plan.
  public var symbol: Character {
    switch self {
    case .pullImage, .buildImage, .createNetwork, .createVolume, .createContainer: "+"
    case .removeNetwork, .removeVolume, .removeContainer, .removeImage: "-"
    case .startContainer, .stopContainer, .killContainer, .restartContainer, .waitFor, .pushImage: "~"
    case .renewFiles, .updateContainer: "±"
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
