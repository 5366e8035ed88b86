extension Forms {
  static let service: [Member] = [
    Member("profiles", .texts), Member("annotations", .pairs(.empty)), Member("attach", .bool, keepsZero: true),
    Member("build", .expanded(longBuild, .object(build)), keepsZero: true), Member("develop", .object(develop), keepsZero: true),
    Member("blkio_config", .object(blkio), keepsZero: true), Member("cap_add", .texts), Member("cap_drop", .texts),
    Member("cgroup_parent"), Member("cgroup"), Member("cpu_count", .integer), Member("cpu_percent", .number),
    Member("cpu_period", .integer), Member("cpu_quota", .integer), Member("cpu_rt_period", .integer),
    Member("cpu_rt_runtime", .integer), Member("cpus", .number), Member("cpuset"), Member("cpu_shares", .integer),
    // An empty command replaces the image's: it differs from none.
    Member("command", .command, keepsZero: true, json: .null), Member("configs", .expanded(longConfigs, .list(.object(grant)))),
    Member("container_name"),
    Member("credential_spec", .object([Member("config"), Member("file"), Member("registry")]), keepsZero: true),
    Member("depends_on", .expanded(longDependencies, .named(.object(dependency), isOptional: false))),
    Member("deploy", .object(deploy), keepsZero: true), Member("device_cgroup_rules", .texts),
    Member("devices", .expanded(longDevices, .list(.object([Member("source"), Member("target"), Member("permissions")])))),
    Member("dns", .expanded(listed, .texts)), Member("dns_opt", .texts), Member("dns_search", .expanded(listed, .texts)),
    Member("domainname"), Member("entrypoint", .command, keepsZero: true, json: .null),
    Member("provider", .object([Member("type"), Member("options", .any)]), keepsZero: true),
    Member("environment", .pairs(.null)), Member("env_file", .expanded(longEnvFiles, .list(.object(envFile)))),
    Member("expose", .texts), Member("external_links", .texts), Member("extra_hosts", .normalized(longHosts, .texts)),
    Member("group_add", .texts), Member("gpus", .expanded(longGPUs, .list(.object(deviceRequest)))), Member("hostname"),
    Member("healthcheck", .object(healthcheck), keepsZero: true), Member("image"), Member("init", .bool, keepsZero: true),
    Member("ipc"), Member("isolation"), Member("labels", .pairs(.empty)),
    Member("label_file", .expanded(listed, .list(path))), Member("links", .texts),
    Member("logging", .object([Member("driver"), Member("options", .pairs(.empty))]), keepsZero: true),
    Member("mem_limit", .bytes), Member("mem_reservation", .bytes), Member("memswap_limit", .bytes), Member("mem_swappiness", .bytes),
    Member("mac_address"),
    Member("models", .expanded(namedList, .named(.object([Member("endpoint_var"), Member("model_var")]), isOptional: true))),
    Member("network_mode"), Member("networks", .expanded(namedList, .named(.object(attachment), isOptional: true))),
    Member("oom_kill_disable", .bool), Member("oom_score_adj", .integer), Member("pid"), Member("pids_limit", .integer),
    Member("platform"), Member("ports", .expanded(longPorts, .list(.object(port)))), Member("privileged", .bool),
    Member("pull_policy", .normalized(pullPolicy, .text)), Member("pull_refresh_after"), Member("read_only", .bool), Member("restart"),
    Member("runtime"), Member("scale", .integer, keepsZero: true), Member("secrets", .expanded(longSecrets, .list(.object(grant)))),
    Member("security_opt", .texts), Member("shm_size", .bytes), Member("stdin_open", .bool),
    Member("stop_grace_period", .duration, keepsZero: true), Member("stop_signal"), Member("storage_opt", .pairs(.empty)),
    Member("sysctls", .pairs(.empty)), Member("tmpfs", .texts), Member("tty", .bool), Member("ulimits", ulimits),
    Member("use_api_socket", .bool), Member("user"), Member("userns_mode"), Member("uts"),
    Member("volumes", .expanded(longVolumes, .list(.object(mount)))), Member("volumes_from", .texts), Member("working_dir"),
    Member("pre_start", .list(.object([Member("image"), Member("per_replica", .bool, keepsZero: true)] + hook))),
    Member("post_start", .list(.object(hook))), Member("pre_stop", .list(.object(hook))),
  ]

  static let hook: [Member] = [
    Member("command", .command, keepsZero: true, json: .null), Member("user"), Member("privileged", .bool), Member("working_dir"),
    Member("environment", .pairs(.null)),
  ]
  static let grant: [Member] = [
    Member("source"), Member("target"), Member("uid"), Member("gid"), Member("mode", .normalized(mode, .any), keepsZero: true),
  ]
  /// A number stays one; a mapping of soft and hard has both.
  static let ulimits: Form = .named(
    .normalized(longUlimit, .object([Member("soft", .integer, keepsZero: true), Member("hard", .integer, keepsZero: true)])),
    isOptional: false)

  private static let blkio: [Member] = [
    Member("weight", .integer), Member("weight_device", .list(.object([Member("path"), Member("weight", .integer)]))),
    Member("device_read_bps", rates), Member("device_read_iops", rates), Member("device_write_bps", rates),
    Member("device_write_iops", rates),
  ]
  private static let rates: Form = .list(.object([Member("path"), Member("rate", .bytes)]))
  private static let dependency: [Member] = [
    Member("condition"), Member("restart", .bool), Member("required", .bool, keepsZero: true),
  ]
  private static let develop: [Member] = [
    Member(
      "watch",
      .list(
        .object([
          Member("path", path), Member("action"), Member("target"), Member("exec", .object(hook), json: .hook),
          Member("include", .expanded(listed, .texts)), Member("ignore", .expanded(listed, .texts)), Member("initial_sync", .bool),
        ])))
  ]
  private static let envFile: [Member] = [Member("path", path), Member("required", .bool, keepsZero: true), Member("format")]
  private static let healthcheck: [Member] = [
    Member("test", .normalized(test, .list(.text))), Member("timeout", .duration, keepsZero: true),
    Member("interval", .duration, keepsZero: true), Member("retries", .integer, keepsZero: true),
    Member("start_period", .duration, keepsZero: true), Member("start_interval", .duration, keepsZero: true), Member("disable", .bool),
  ]
  private static let attachment: [Member] = [
    Member("priority", .integer), Member("gw_priority", .integer), Member("interface_name"), Member("aliases", .texts),
    Member("ipv4_address"), Member("ipv6_address"), Member("link_local_ips", .texts), Member("mac_address"),
    Member("driver_opts", .pairs(.empty)),
  ]
  private static let port: [Member] = [
    Member("name"), Member("mode"), Member("host_ip"), Member("target", .integer), Member("published"), Member("protocol"),
    Member("app_protocol"),
  ]
  private static let mount: [Member] = [
    Member("type"), Member("source"), Member("target"), Member("read_only", .bool), Member("consistency"),
    Member(
      "bind",
      .object([
        Member("selinux"), Member("propagation"), Member("create_host_path", .bool, keepsZero: true), Member("recursive"),
      ]), keepsZero: true),
    Member("volume", .object([Member("labels", .pairs(.empty)), Member("nocopy", .bool), Member("subpath")]), keepsZero: true),
    Member("tmpfs", .object([Member("size", .bytes), Member("mode", .normalized(mode, .integer))]), keepsZero: true),
    Member("image", .object([Member("subpath")]), keepsZero: true),
  ]
}
