public import Backend
import OCI
public import Reconciler
import StackModel

extension Table {
  /// `images`: what each container was made from.
  public static func images(of containers: [ObservedContainer], _ images: [ImageSummary], now: Int64) -> Table {
    let byID = Dictionary(images.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return Table(
      ["CONTAINER", "REPOSITORY", "TAG", "IMAGE ID", "SIZE", "CREATED"],
      rows: containers.map { container in
        let (repository, tag) = parts(of: container.spec.image)
        let image = byID[container.imageID]
        return [
          container.spec.name, repository, tag, container.imageID.short, image.map { humanSize($0.size) } ?? "",
          image.map { age(of: $0, now: now) } ?? "",
        ]
      })
  }

  private static func age(of image: ImageSummary, now: Int64) -> String {
    image.created.flatMap(moment).map { humanAge(of: $0, now: now) } ?? "N/A"
  }

  /// `registry:5000/team/web:1.2` → `registry:5000/team/web` and `1.2`; no tag is `latest`, a digest `<none>`.
  public static func parts(of reference: String) -> (repository: String, tag: String) {
    if let at = reference.firstIndex(of: "@") { return (String(reference[..<at]), "<none>") }
    if reference == "<none>" { return (reference, reference) }
    let slash = reference.lastIndex(of: "/") ?? reference.startIndex
    guard let colon = reference[slash...].lastIndex(of: ":") else { return (reference, "latest") }
    return (String(reference[..<colon]), String(reference[reference.index(after: colon)...]))
  }
}
