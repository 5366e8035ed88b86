/// Which extended attributes of an archive are kept.
enum AttributeRule {
  case keep, drop, refuse

  /// File capabilities and what programs set (`user.*`) are kept. What speaks to overlayfs is refused; what belongs to the host that
  /// packed it (labels of security modules, `trusted.*`) is dropped.
  static func of(_ name: String) -> AttributeRule {
    for overlay in ["trusted.overlay.", "user.overlay."] where name.hasPrefix(overlay) { return .refuse }
    if name == "security.capability" || name.hasPrefix("user.") { return .keep }
    return .drop
  }
}
