/// The keys of the stack file in the order in which Compose prints them.
enum Forms {
  static let network: [Member] = [
    Member("name"), Member("driver"), Member("driver_opts", .pairs(.empty)), Member("ipam", .object(ipam), json: .map),
    Member("external", .expanded(external, .bool)), Member("internal", .bool), Member("attachable", .bool),
    Member("labels", .pairs(.empty)), Member("enable_ipv4", .bool, keepsZero: true), Member("enable_ipv6", .bool, keepsZero: true),
  ]
  private static let ipam: [Member] = [
    Member("driver"),
    Member(
      "config",
      .list(.object([Member("subnet"), Member("gateway"), Member("ip_range"), Member("aux_addresses", .pairs(.empty))]))),
  ]
  static let volume: [Member] = [
    Member("name"), Member("driver"), Member("driver_opts", .normalized(driverOptions, .pairs(.empty))),
    Member("external", .expanded(external, .bool)), Member("labels", .pairs(.empty)),
  ]
  static let content: [Member] = [
    Member("name"), Member("file", path), Member("environment"), Member("content"), Member("external", .expanded(external, .bool)),
    Member("labels", .pairs(.empty)), Member("driver"), Member("driver_opts", .pairs(.empty)), Member("template_driver"),
  ]
  static let model: [Member] = [Member("name"), Member("model"), Member("context_size", .integer), Member("runtime_flags", .list(.text))]

  static let job: [Member] = [Member("triggers", .object([Member("schedule"), Member("manual", .any, keepsZero: true)]))] + service

  static let path: Form = .expanded({ node, context in context.path(node) }, .text)
}
