/// Whether a container gets connections while another one of its service is in its place, before or after.
enum Traffic: String, Codable, Sendable {
  /// Not yet: it is to take another one's place.
  case held
  /// No more: another one has taken its place.
  case drained
}
