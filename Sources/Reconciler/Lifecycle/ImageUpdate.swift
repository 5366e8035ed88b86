public import StackModel

extension Operation {
  /// Gets the images of services whose tags have moved in their registries. ``replacing(_:scale:)`` comes after it.
  public static func gettingMoved(_ services: [ServiceName]) -> Self {
    .pull(services: services, dependencies: false, policy: .always, ignoresBuildable: true)
  }

  /// Replaces the containers of services, and of no others, that are not of the images that are here now.
  public static func replacing(_ services: [ServiceName], scale: [ServiceName: Int] = [:]) -> Self {
    var options = UpOptions()
    options.services = services
    options.scale = scale
    options.noDependencies = true
    options.build = .never
    options.keeps = true
    return .up(options)
  }
}
