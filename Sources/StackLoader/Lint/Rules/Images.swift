import Diagnostics

/// Images that are another one every time they are pulled.
func checkImages(_ lint: Lint) {
  for service in lint.services where !service.isBuilt {
    guard let image = service.image, !image.hasDigest, let place = service["image"]?.place else { continue }
    guard service["pull_policy"]?.text != "never", service["pull_policy"]?.text != "build" else { continue }
    guard image.tag == nil || image.tag == "latest" else { continue }
    let found = image.tag == nil ? "has no tag, which means latest" : "is \"latest\""
    lint.tell(
      .movingImage, place, service, "\(service.subject): the image \(image.written) \(found)",
      hint: "name the version that you have tried, as \(image.written):1.2, or a digest")
  }
}
