/// Every key of the Compose Specification and what becomes of it. One row a parent; a test holds it against the
/// specification's schema, so that no key is dropped silently.
enum KeyTable {
  static let decoded: [String: String] = [
    "": "name include services networks volumes secrets configs",
    "include": "path project_directory env_file",
    "services.*": """
    annotations attach build cap_add cap_drop cgroup command configs container_name cpu_period cpu_quota cpu_shares cpus cpuset
    depends_on deploy devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends extra_hosts
    group_add healthcheck hostname image init ipc isolation label_file labels links logging mac_address mem_limit
    mem_reservation memswap_limit network_mode networks oom_score_adj pid pids_limit platform ports privileged profiles
    pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal sysctls
    tmpfs tty ulimits user userns_mode uts volumes working_dir
    """,
    "services.*.build": "args context dockerfile dockerfile_inline extra_hosts labels network no_cache tags target",
    "services.*.configs": "gid mode source target uid",
    "services.*.secrets": "gid mode source target uid",
    "services.*.depends_on.*": "condition required restart",
    "services.*.deploy": "mode replicas resources restart_policy",
    "services.*.deploy.resources": "limits reservations",
    "services.*.deploy.resources.limits": "cpus memory pids",
    "services.*.deploy.resources.reservations": "memory",
    "services.*.deploy.restart_policy": "condition max_attempts",
    "services.*.devices": "permissions source target",
    "services.*.env_file": "format path required",
    "services.*.extends": "file service",
    "services.*.healthcheck": "disable interval retries start_interval start_period test timeout",
    "services.*.logging": "driver options",
    "services.*.networks.*": "aliases ipv4_address mac_address priority",
    "services.*.ports": "host_ip mode protocol published target",
    "services.*.ulimits.*": "hard soft",
    "services.*.volumes": "bind read_only source target tmpfs type volume",
    "services.*.volumes.bind": "create_host_path propagation",
    "services.*.volumes.tmpfs": "mode size",
    "services.*.volumes.volume": "nocopy subpath",
    "networks.*": "driver enable_ipv4 enable_ipv6 external internal ipam labels name",
    "networks.*.external": "name",
    "networks.*.ipam": "config driver",
    "networks.*.ipam.config": "gateway ip_range subnet",
    "volumes.*": "driver driver_opts external labels name",
    "volumes.*.external": "name",
    "secrets.*": "environment external file name",
    "secrets.*.external": "name",
    "configs.*": "content environment external file name",
    "configs.*.external": "name",
  ]

  static let warned: [String: String] = [
    "version": "Compose files have no versions any more; remove the line",
    "services.*.develop": "only `watch` uses it, which this version does not have",
    "services.*.build.cache_from": "every build keeps its own cache; no other is read",
    "services.*.build.cache_to": "the cache stays on this machine",
    "services.*.build.isolation": "there is one kind of isolation on Linux",
    "services.*.build.no_cache_filter": "use no_cache to build without the cache",
    "services.*.build.provenance": "images get no attestations",
    "services.*.build.sbom": "images get no attestations",
    "services.*.deploy.endpoint_mode": "a service's name leads to all its containers",
    "services.*.deploy.labels": "they label a cluster's service, which one machine does not have; use labels",
    "services.*.deploy.placement": "there is one machine to place containers on",
    "services.*.deploy.resources.reservations.cpus": "one machine reserves no cores; use cpu_shares or limits",
    "services.*.deploy.resources.reservations.generic_resources": "one machine has no such resources to reserve",
    "services.*.deploy.restart_policy.delay": "the time between restarts grows by itself",
    "services.*.deploy.restart_policy.window": "the time between restarts grows by itself",
    "services.*.deploy.rollback_config": "containers are replaced one at a time",
    "services.*.deploy.update_config": "containers are replaced one at a time",
    "services.*.ports.app_protocol": "it only describes the port",
    "services.*.ports.name": "it only describes the port",
    "services.*.volumes.consistency": "Linux is always consistent",
    "services.*.volumes.bind.selinux": "files are not relabelled for SELinux",
    "services.*.volumes.volume.labels": "label the volume in the top-level volumes",
    "networks.*.attachable": "it matters to clusters only",
    "secrets.*.labels": "a secret's file has no labels",
    "configs.*.labels": "a config's file has no labels",
  ]

  static let refused: [String: String] = [
    "models": "run the model as a service with an image of its own",
    "services.*.blkio_config": "remove it; there is no limit of disk bandwidth yet",
    "services.*.cgroup_parent": "remove it; containers are under Muster's own cgroup",
    "services.*.cpu_count": "it is for Windows; use cpus",
    "services.*.cpu_percent": "it is for Windows; use cpus",
    "services.*.cpu_rt_period": "use cpus or cpu_shares",
    "services.*.cpu_rt_runtime": "use cpus or cpu_shares",
    "services.*.credential_spec": "it is for Windows; remove it",
    "services.*.device_cgroup_rules": "list the devices under devices",
    "services.*.external_links": "put both containers on one external network",
    "services.*.gpus": "list the GPU's device files under devices",
    "services.*.mem_swappiness": "use memswap_limit",
    "services.*.models": "run the model as a service with an image of its own",
    "services.*.oom_kill_disable": "use mem_limit with enough memory, or oom_score_adj",
    "services.*.post_start": "run the command in the image's entrypoint",
    "services.*.pre_start": "use a service that others depend on with condition: service_completed_successfully",
    "services.*.pre_stop": "handle the stop signal in the application",
    "services.*.provider": "run what it provides as a service with an image",
    "services.*.pull_refresh_after": "use pull_policy: always or missing",
    "services.*.storage_opt": "remove it; a container's disk space is not limited yet",
    "services.*.use_api_socket": "remove it; containers get no access to the engine",
    "services.*.volumes_from": "list the volumes under volumes",
    "services.*.build.additional_contexts": "copy what is needed into the build's context",
    "services.*.build.entitlements": "remove it; builds have no more rights than containers",
    "services.*.build.platforms": "remove it; images are built for this machine",
    "services.*.build.privileged": "remove it; builds have no more rights than containers",
    "services.*.build.pull": "pull the base image first",
    "services.*.build.secrets": "remove it; pass what the build needs in the context",
    "services.*.build.shm_size": "remove it",
    "services.*.build.ssh": "remove it; fetch what the build needs before building",
    "services.*.build.ulimits": "remove it",
    "services.*.deploy.resources.reservations.devices": "list the device files under devices",
    "services.*.networks.*.driver_opts": "remove it",
    "services.*.networks.*.gw_priority": "use priority; the highest has the default route",
    "services.*.networks.*.interface_name": "remove it; interfaces are eth0, eth1, …",
    "services.*.networks.*.ipv6_address": "use ipv4_address; networks have no IPv6 yet",
    "services.*.networks.*.link_local_ips": "remove it",
    "services.*.volumes.bind.recursive": "remove it; binds include the mounts below them",
    "services.*.volumes.image": "copy the files into an image of your own or into a volume",
    "networks.*.driver_opts": "remove it",
    "networks.*.ipam.config.aux_addresses": "use ip_range to keep addresses free",
    "networks.*.ipam.options": "remove it",
    "secrets.*.content": "a secret does not belong into the stack file; use file or environment",
    "secrets.*.driver": "use file or environment",
    "secrets.*.driver_opts": "use file or environment",
    "secrets.*.template_driver": "write the secret's file as it shall be",
    "configs.*.template_driver": "use content, in which ${VARIABLES} are replaced",
  ]

  static let tree: KeyTree = {
    var tree = KeyTree()
    for (parent, keys) in decoded {
      for key in keys.split(whereSeparator: \.isWhitespace) { tree.add(parent.isEmpty ? key : "\(parent).\(key)", .decoded) }
    }
    for (path, reason) in warned { tree.add(path[...], .warned(reason)) }
    for (path, reason) in refused { tree.add(path[...], .refused(reason)) }
    for section in ["services", "networks", "volumes", "secrets", "configs"] { tree.add("\(section).*", .decoded) }
    return tree
  }()
}
