/// Keys of older Compose files, of the `docker` command and of other tools, and what they are called here.
enum FormerKeys {
  /// Advice for a key of a mapping at this path; nil when it is none of them.
  static func advice(for name: String, at path: [String]) -> String? {
    let name = name.lowercased().replacing("-", with: "_")
    return switch path.count {
    case 0: top[name]
    case 2 where path[0] == "services" || path[0] == "jobs": service[name]
    case 2 where path[0] == "volumes": volume[name]
    case 2 where path[0] == "networks": network[name]
    case 2 where path[0] == "secrets" || path[0] == "configs": contents[name]
    case 3 where path[2] == "healthcheck": healthcheck[name]
    case 3 where path[2] == "build": build[name]
    case 3 where path[2] == "logging": logging[name]
    default: nil
    }
  }

  private static let top = [
    "apiversion": "this is a Kubernetes file; a stack file has services: with a name and an image each",
    "kind": "this is a Kubernetes file; a stack file has services: with a name and an image each",
    "metadata": "this is a Kubernetes file; a stack file has services: with a name and an image each",
    "spec": "this is a Kubernetes file; a stack file has services: with a name and an image each",
    "env_file": "name environment files with --env-file, or in a service's env_file",
    "environment": "it belongs to a service; what several services share can be an anchor below x-…",
    "variables": "set variables in the .env file beside this one",
    "project_name": "it is called name",
  ]

  private static let service = [
    "net": "it is called network_mode now (host, none, service:NAME), or networks",
    "network": "it is called networks, a list: networks: [NAME]",
    "net_alias": "it is called aliases, under networks.NAME",
    "network_alias": "it is called aliases, under networks.NAME",
    "log_driver": "it is logging.driver now: logging: {driver: …}",
    "log_opt": "it is logging.options now: logging: {options: {…}}",
    "log_options": "it is logging.options now: logging: {options: {…}}",
    "dockerfile": "it belongs under build: build: {context: ., dockerfile: …}",
    "context": "it belongs under build: build: {context: …}",
    "args": "it belongs under build: build: {context: ., args: {…}}; for the command's, write command",
    "volume_driver": "it is the driver of the top-level volumes' entry now",
    "mount": "it is called volumes, a list: volumes: [SOURCE:PATH]",
    "mounts": "it is called volumes, a list: volumes: [SOURCE:PATH]",
    "env": "it is called environment",
    "envs": "it is called environment",
    "env_vars": "it is called environment",
    "environment_variables": "it is called environment",
    "environments": "it is called environment",
    "cmd": "it is called command",
    "run": "it is called command",
    "workdir": "it is called working_dir",
    "name": "it is called container_name, and seldom needed: services reach each other by the service's name",
    "restart_policy": "it belongs under deploy; the short form is restart: unless-stopped",
    "always": "write restart: always",
    "memory": "it is called mem_limit, or deploy.resources.limits.memory",
    "mem": "it is called mem_limit, or deploy.resources.limits.memory",
    "cpu": "it is called cpus, or deploy.resources.limits.cpus",
    "cpu_limit": "it is called cpus, or deploy.resources.limits.cpus",
    "memory_limit": "it is called mem_limit, or deploy.resources.limits.memory",
    "memory_swap": "it is called memswap_limit",
    "memory_swappiness": "it is called mem_swappiness",
    "publish": "it is called ports, a list: ports: [\"HOST:CONTAINER\"]",
    "dependson": "it is called depends_on",
    "dependencies": "it is called depends_on",
    "requires": "it is called depends_on",
    "host_name": "it is called hostname",
    "add_host": "it is called extra_hosts",
    "interactive": "it is called stdin_open",
    "device": "it is called devices, a list",
    "gpu": "it is called gpus",
    "health": "it is called healthcheck",
    "health_cmd": "it is healthcheck.test: healthcheck: {test: …}",
    "liveness_probe": "it is called healthcheck",
    "livenessprobe": "it is called healthcheck",
    "auto_restart": "write restart: always",
    "stop_timeout": "it is called stop_grace_period, with a unit: 10s",
    "stop_grace": "it is called stop_grace_period, with a unit: 10s",
    "ulimit": "it is called ulimits: ulimits: {nofile: 65536}",
    "sysctl": "it is called sysctls",
    "rm": "it belongs to the run command; containers of services are replaced by themselves",
    "detach": "it belongs to the up command: up -d",
    "template": "it is called image",
    "containers": "a service is one container; write each as a service of its own",
    "services": "services do not nest; write each below the top-level services:",
    "version": "it belongs to nothing any more; remove it",
  ]

  private static let volume = [
    "device": "it belongs under driver_opts: driver_opts: {type: none, o: bind, device: …}",
    "o": "it belongs under driver_opts",
    "type": "it belongs under driver_opts",
    "opts": "it is called driver_opts",
    "options": "it is called driver_opts",
    "source": "it belongs to a service's volumes, beside target",
    "target": "it belongs to a service's volumes, beside source",
    "path": "a host's directory is mounted in the service: volumes: [./DIRECTORY:/PATH]",
    "size": "it belongs under driver_opts",
  ]

  private static let network = [
    "subnet": "it belongs under ipam.config: ipam: {config: [{subnet: …}]}",
    "gateway": "it belongs under ipam.config: ipam: {config: [{subnet: …, gateway: …}]}",
    "ip_range": "it belongs under ipam.config: ipam: {config: [{subnet: …, ip_range: …}]}",
    "type": "it is called driver",
    "options": "it is called driver_opts",
    "config": "it belongs under ipam: ipam: {config: [{subnet: …}]}",
    "ipv6": "it is called enable_ipv6",
    "aliases": "it belongs to a service's networks: networks: {NAME: {aliases: […]}}",
    "ipv4_address": "it belongs to a service's networks: networks: {NAME: {ipv4_address: …}}",
  ]

  private static let contents = [
    "path": "it is called file", "source": "it is called file; source belongs to a service", "value": "it is called content",
    "env": "it is called environment", "target": "it belongs to a service: {source: NAME, target: …}",
  ]

  private static let healthcheck = [
    "command": "it is called test", "cmd": "it is called test", "disabled": "it is called disable",
    "start_delay": "it is called start_period", "initial_delay": "it is called start_period", "retry": "it is called retries",
    "period": "it is called interval, or start_period",
  ]

  private static let build = [
    "build_args": "it is called args", "arguments": "it is called args", "arg": "it is called args", "path": "it is called context",
    "file": "it is called dockerfile", "tag": "it is called tags, a list",
  ]

  private static let logging = [
    "max_size": "it belongs under options: options: {max-size: …}", "max_file": "it belongs under options: options: {max-file: …}",
    "type": "it is called driver",
  ]
}
