/// What a change of a service's key needs of a container that exists.
public enum ChangeClass: String, Sendable, CaseIterable {
  /// The container goes on with the new value: its processes do not notice, or are told.
  case inPlace = "in place"
  /// A new container takes the old one's place.
  case recreate
  /// Only its files are replaced, or a new container comes, as `x-muster.on_secret_change` says.
  case files
  /// Containers stay as they are: the key says which there are, in which order, or how their images come.
  case none = "no change"

  /// One key of a service.
  public struct Row: Sendable {
    public var key: String
    public var whenChanged: ChangeClass
    /// When something else holds, or what happens.
    public var remark: String
    init(_ key: String, _ whenChanged: ChangeClass, _ remark: String = "") {
      self.key = key
      self.whenChanged = whenChanged
      self.remark = remark
    }
  }

  /// What a changed field needs, by its path: `healthcheck.interval`.
  static func of(_ path: String) -> ChangeClass { byKey[String(path.prefix { $0 != "." })] ?? .recreate }

  private static let byKey = Dictionary(rows.map { ($0.key, $0.whenChanged) }, uniquingKeysWith: { first, _ in first })

  /// Every key of a service, in order of name.
  public static let rows: [Row] = [
    Row("annotations", .inPlace, "nothing inside reads them"),
    Row("attach", .none),
    Row("blkio_config", .inPlace, "recreate when a device, or the weight, is taken away"),
    Row(
      "build", .none,
      "another Dockerfile, context or argument: the image is built, and containers are made anew when it is another one (`--no-build`: not)"
    ),
    Row("cap_add", .recreate),
    Row("cap_drop", .recreate),
    Row("cgroup", .recreate),
    Row("cgroup_parent", .none, "not carried out"),
    Row("command", .recreate),
    Row(
      "configs", .files,
      "contents: the file is replaced if the service has `x-muster.on_secret_change`, else recreate; anything else: recreate"),
    Row("container_name", .recreate),
    Row("cpu_count", .none, "not carried out"),
    Row("cpu_percent", .none, "not carried out"),
    Row("cpu_period", .inPlace),
    Row("cpu_quota", .inPlace),
    Row("cpu_rt_period", .recreate),
    Row("cpu_rt_runtime", .recreate),
    Row("cpu_shares", .inPlace),
    Row("cpus", .inPlace),
    Row("cpuset", .inPlace, "recreate when it is taken away"),
    Row("credential_spec", .none, "not carried out"),
    Row("depends_on", .none, "holds from the next start on"),
    Row("deploy", .inPlace, "`replicas`: only as many containers as are missing or too many; `resources` and `restart_policy`: in place"),
    Row("develop", .none),
    Row("device_cgroup_rules", .recreate),
    Row("devices", .recreate),
    Row("dns", .recreate),
    Row("dns_opt", .recreate),
    Row("dns_search", .recreate),
    Row("domainname", .recreate),
    Row("entrypoint", .recreate),
    Row("env_file", .recreate, "by what becomes of the environment: a comment changes nothing"),
    Row("environment", .recreate),
    Row("expose", .inPlace, "it only says something"),
    Row("extends", .none, "by what becomes of the service"),
    Row("external_links", .recreate),
    Row("extra_hosts", .recreate, "programs read /etc/hosts when they start"),
    Row("gpus", .none, "not carried out"),
    Row("group_add", .recreate),
    Row("healthcheck", .inPlace, "the container counts as starting until the new check has succeeded"),
    Row("hostname", .recreate),
    Row("image", .recreate, "also when the name is the same and the image behind it is another"),
    Row("init", .recreate),
    Row("ipc", .recreate),
    Row("isolation", .none, "not carried out"),
    Row("label_file", .inPlace, "by what becomes of the labels"),
    Row("labels", .inPlace),
    Row("links", .recreate),
    Row("logging", .recreate),
    Row("mac_address", .inPlace, "the network is disconnected and connected again"),
    Row("mem_limit", .inPlace, "refused while the container uses more than the new limit"),
    Row("mem_reservation", .inPlace),
    Row("mem_swappiness", .inPlace, "recreate when it is taken away"),
    Row("memswap_limit", .inPlace),
    Row("models", .none, "not carried out"),
    Row("network_mode", .recreate),
    Row("networks", .inPlace, "connected and disconnected; an address, a MAC address or an interface's name changes by doing both"),
    Row("oom_kill_disable", .recreate),
    Row("oom_score_adj", .recreate),
    Row("pid", .recreate),
    Row("pids_limit", .inPlace),
    Row("platform", .none),
    Row("ports", .inPlace, "recreate when a port moves from one container of the stack to another; connections over ports that stay go on"),
    Row("post_start", .recreate),
    Row("pre_start", .recreate),
    Row("pre_stop", .inPlace, "holds from the next stop on"),
    Row("privileged", .recreate),
    Row("profiles", .none),
    Row("provider", .none, "not carried out"),
    Row("pull_policy", .none),
    Row("pull_refresh_after", .none, "not carried out"),
    Row("read_only", .recreate),
    Row("restart", .inPlace),
    Row("runtime", .none, "not carried out"),
    Row("scale", .none, "only as many containers as are missing or too many"),
    Row("secrets", .files, "as `configs`"),
    Row("security_opt", .recreate),
    Row("shm_size", .recreate),
    Row("stdin_open", .recreate),
    Row("stop_grace_period", .inPlace, "holds from the next stop on"),
    Row("stop_signal", .inPlace, "holds from the next stop on"),
    Row("storage_opt", .recreate),
    Row("sysctls", .recreate),
    Row("tmpfs", .recreate),
    Row("tty", .recreate),
    Row("ulimits", .recreate),
    Row("use_api_socket", .none, "not carried out"),
    Row("user", .recreate),
    Row("userns_mode", .recreate),
    Row("uts", .recreate),
    Row(
      "volumes", .recreate,
      "also when what is in a file of the project's directory (at most 1 MiB, mounted read-only) has changed; other files of the host are not looked at"
    ),
    Row("volumes_from", .recreate),
    Row("working_dir", .recreate),
    Row("x-muster", .inPlace),
  ]
}
