/// What is declared once and used by services: networks, volumes, secrets and configs.
extension KeyTable {
  static let network =
    Shape.null
    | .keys(
      [
        Key("name", .exact, .string, "The network's full name, if not the stack's and its own."),
        Key(
          "driver", .limited(except: "only bridge, macvlan, ipvlan, host and none"), .string,
          "The kind of network; bridge, unless macvlan, ipvlan, host or none.",
          example: "bridge"),
        Key(
          "driver_opts",
          .limited(
            except: "only those that name, size, separate, masquerade and bind a bridge; parent, macvlan_mode, ipvlan_mode, ipvlan_flag"
          ),
          .options,
          "Options of the driver, as com.docker.network.driver.mtu."),
        Key(
          "external", .exact, external(isClosed: true), "Whether the network exists already and stays when the stack goes.", example: "true"
        ),
        Key("internal", .exact, .flag, "Whether the network leads nowhere else."),
        Key(
          "attachable", .approximate(why: "it matters to clusters only", advice: "remove it"), .flag,
          "Whether containers of no service may join."),
        Key("enable_ipv4", .exact, .flag, "Whether the network has IPv4."),
        Key("enable_ipv6", .exact, .flag, "Whether the network has IPv6; with a subnet of its own choice unless one is said."),
        Key("ipam", .exact, ipam, "The network's addresses."),
        Key("labels", .exact, .pairs, "Labels of the network."),
      ], name: "network")

  private static let ipam = Shape.keys([
    Key("driver", .limited(except: "only default"), .string, "Who gives addresses; default.", example: "default"),
    Key(
      "config", .limited(except: "one subnet of IPv4 and one of IPv6, as Docker's bridges; of macvlan and ipvlan several"),
      .list(
        .keys([
          Key("subnet", .exact, .string.written(as: .subnet), "The network's addresses."),
          Key("gateway", .exact, .string, "The address of the host in the network.", example: "172.28.0.1"),
          Key("ip_range", .exact, .string, "The part of the subnet that addresses are given from.", example: "172.28.5.0/24"),
          Key(
            "aux_addresses", .exact, .names(.notEmpty, .string, isClosed: true), "Addresses that are taken by others, by name.",
            example: "{printer: 172.28.1.5}"),
        ])), "The subnets.", example: "[{subnet: 172.28.0.0/16}]"),
    Key(
      "options", .unsupported(why: "there is one way to give addresses", advice: "remove it"), .names(.notEmpty, .string, isClosed: true),
      "Options of the driver."),
  ])

  static let volume =
    Shape.null
    | .keys(
      [
        Key("name", .exact, .string, "The volume's full name, if not the stack's and its own."),
        Key("driver", .limited(except: "only local"), .string, "Who keeps the volume; local.", example: "local"),
        Key(
          "driver_opts", .limited(except: "only type, o and device, of the driver local"), .options,
          "What is mounted as the volume: type, o and device.",
          example: "{type: nfs, device: \":/srv/data\", o: \"addr=10.0.0.2,rw\"}"),
        Key(
          "external", .exact, external(isClosed: true), "Whether the volume exists already and stays when the stack goes.", example: "true"),
        Key("labels", .exact, .pairs, "Labels of the volume."),
        Key(
          "x-muster", .exact, protection("muster_volume"), "What only Muster has: other tools leave it alone.", example: "{protect: true}"),
      ], name: "volume")

  static let secret = Shape.keys(
    [
      Key("file", .exact, .path, "The host's file with the secret; age or sops may have encrypted it."),
      Key("environment", .exact, .string, "The host's variable with the secret."),
      Key(
        "content",
        .unsupported(why: "a secret does not belong into the stack file, where everyone reads it", advice: "use file or environment"),
        .string, "The secret itself."),
      Key(
        "external", .exact, external(isClosed: false), "Whether the secret is one of the machine's store (muster secret).", example: "true"),
      Key("name", .exact, .string, "The secret's name where it is kept."),
      Key("labels", .approximate(why: "a secret's file has no labels", advice: "remove it"), .pairs, "Labels of the secret."),
      Key(
        "driver", .unsupported(why: "secrets are kept by no other program", advice: "use file or environment"), .string,
        "Who keeps the secret."),
      Key(
        "driver_opts", .unsupported(why: "secrets are kept by no other program", advice: "use file or environment"), .options,
        "What the driver is told."),
      Key(
        "template_driver", .unsupported(why: "a secret is not a template", advice: "write the secret's file as it shall be"), .string,
        "Who fills the secret in, if it is a template."),
    ], name: "secret")

  static let config = Shape.keys(
    [
      Key("file", .exact, .path, "The host's file with the contents."),
      Key("content", .exact, .string, "The contents; variables in it are replaced."),
      Key("environment", .exact, .string, "The host's variable with the contents."),
      Key(
        "external", .exact, external(isClosed: false), "Whether the config is one of the machine's store (muster secret).", example: "true"),
      Key("name", .exact, .string, "The config's name where it is kept."),
      Key("labels", .approximate(why: "a config's file has no labels", advice: "remove it"), .pairs, "Labels of the config."),
      Key(
        "template_driver",
        .unsupported(why: "a config is not a template", advice: "use content, in which ${VARIABLES} are replaced"), .string,
        "Who fills the config in, if it is a template."),
    ], name: "config")

  /// The older form has a name instead of true.
  private static func external(isClosed: Bool) -> Shape {
    .flag
      | .keys(
        [Key("name", .equivalent(why: "it is the older way to write name beside external"), .string, "The full name.")],
        extensions: isClosed, isClosed: isClosed)
  }
}
