/// How a container is reached, and whom it reaches.
extension KeyTable {
  static let networkingKeys: [Key] = [
    Key(
      "ports", .exact, .list(port, unique: true), "Ports of the container that the host offers, as HOST:CONTAINER.",
      example: "[\"8080:80\"]"),
    Key(
      "expose", .exact, .list(Shape(kinds: [.string, .number]), unique: true), "Ports that other services use; they are reachable anyway.",
      example: "[\"80\"]"),
    Key("networks", .exact, .strings | attachments, "The networks the container is in.", example: "[front]"),
    Key(
      "network_mode", .limited(except: "bridge is the stack's own network"), .string,
      "none, host, service:NAME or container:NAME, instead of networks of its own.", example: "host"),
    Key("dns", .exact, .stringOrList, "Name servers to ask instead of the host's.", example: "[9.9.9.9]"),
    Key("dns_search", .exact, .stringOrList, "Domains in which short names are looked up."),
    Key("dns_opt", .exact, .list(.string, unique: true), "Options of the resolver."),
    Key("extra_hosts", .exact, extraHosts, "Further hosts' names, as NAME=ADDRESS.", example: "[\"db=10.0.0.5\"]"),
    Key("mac_address", .exact, .string, "The hardware address on the network of the highest priority."),
  ]

  static let extraHosts = Shape.names(.something, .string | .list(.string), isClosed: true) | .strings

  static let port =
    Shape(kinds: [.number, .string], format: .ports)
    | .keys([
      Key("target", .exact, .whole, "The container's port.", example: "80"),
      Key("published", .exact, .whole, "The host's port, or a range to choose from.", example: "\"8080\""),
      Key("host_ip", .exact, .string, "The host's address to listen on; all unless said.", example: "127.0.0.1"),
      Key("protocol", .exact, .string, "tcp, unless udp.", example: "udp"),
      Key("mode", .equivalent(why: "on one machine, host and ingress are the same"), .string, "host or ingress.", example: "host"),
      Key("name", .approximate(why: "it only describes the port", advice: "keep it, or remove it"), .string, "What the port is called."),
      Key(
        "app_protocol", .approximate(why: "it only describes the port", advice: "keep it, or remove it"), .string,
        "What is spoken on the port, as http."),
    ])

  static let attachments = Shape.names(
    .name,
    .null
      | .keys([
        Key("aliases", .exact, .strings, "Further names of the container on this network.", example: "[web]"),
        Key("ipv4_address", .exact, .string, "A fixed IPv4 address.", example: "172.28.0.10"),
        Key("ipv6_address", .exact, .string, "A fixed IPv6 address.", example: "\"fd12:3456:789a:1::10\""),
        Key("mac_address", .exact, .string, "The hardware address on this network."),
        Key("priority", .exact, .number, "The order in which networks are joined, the highest first.", example: "100"),
        Key(
          "gw_priority", .exact, .number,
          "Which network has the default route."),
        Key(
          "interface_name", .exact, .string,
          "What the interface is called in the container."),
        Key("link_local_ips", .exact, .strings, "Further addresses, of the link only."),
        Key(
          "driver_opts", .limited(except: "only com.docker.network.endpoint.ifname and .sysctls"), .options, "Options of the driver."),
      ]), isClosed: true)
}
