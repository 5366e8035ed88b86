/// What saved images look like.
public enum SaveForm: String, Sendable, CaseIterable {
  /// What `docker save` writes since version 25: an OCI layout with a `manifest.json` beside it, which older readers go by.
  case docker = "docker-archive"
  /// An OCI layout alone.
  case oci = "oci-archive"
}
