/// A stack file with every key of the Compose Specification, each with another value than its default.
enum EveryKeyDocument {
  static let files = [
    "/shop/more/compose.yaml": "services: {included: {image: \"i:${TAG}\", volumes: [./here:/x]}}", "/shop/more.env": "TAG=1",
    "/shop/base.yaml": "services: {base: {image: base, labels: {from: base}}, other: {image: other}}",
    "/shop/app.env": "A=1\nB='2'", "/shop/app.labels": "l=1",
  ]

  /// The keys that say what is read at all.
  static let loading = """
    name: every
    include: [{path: more/compose.yaml, project_directory: elsewhere, env_file: more.env}]
    services: {extended: {extends: {file: base.yaml, service: base}}}
    """

  /// All others.
  static let text = """
    services:
      web:
        image: nginx:1
        annotations: {a: b}
        attach: false
        blkio_config:
          weight: 300
          weight_device: [{path: /dev/sda, weight: 400}]
          device_read_bps: [{path: /dev/sda, rate: 12mb}]
          device_write_bps: [{path: /dev/sda, rate: 1024k}]
          device_read_iops: [{path: /dev/sda, rate: 120}]
          device_write_iops: [{path: /dev/sda, rate: 30}]
        build:
          context: ./app
          dockerfile: Other
          args: {A: 1}
          additional_contexts: {base: "docker-image://alpine"}
          cache_from: ["type=local,src=cache"]
          cache_to: ["type=local,dest=cache"]
          entitlements: [network.host]
          extra_hosts: ["a=1.2.3.4"]
          isolation: process
          labels: {a: b}
          network: host
          no_cache: true
          no_cache_filter: [tests]
          platforms: [linux/amd64, linux/arm64]
          privileged: true
          provenance: mode=max
          pull: true
          sbom: true
          secrets: [{source: key, target: other, uid: "1", gid: "2", mode: 256}]
          shm_size: 1g
          ssh: [default]
          tags: ["nginx:2"]
          target: final
          ulimits: {nofile: {soft: 10, hard: 20}, nproc: 5}
        cap_add: [NET_ADMIN]
        cap_drop: [ALL]
        cgroup: host
        cgroup_parent: /mine
        command: [a]
        configs: [{source: motd, target: /etc/motd, uid: "1", gid: "2", mode: 256}]
        cpu_count: 2
        cpu_percent: 50
        cpu_period: 50000
        cpu_quota: 25000
        cpu_rt_period: 11000
        cpu_rt_runtime: 9500
        cpu_shares: 512
        cpuset: "0"
        credential_spec: {config: motd}
        depends_on: {db: {condition: service_healthy, restart: true, required: false}}
        deploy:
          mode: global
          endpoint_mode: dnsrr
          labels: {a: b}
          rollback_config: &rollout
            {parallelism: 2, delay: 10s, failure_action: pause, monitor: 1m, max_failure_ratio: 0.5, order: start-first}
          update_config: *rollout
          resources:
            limits: {pids: 50}
            reservations:
              cpus: 0.25
              memory: 64m
              generic_resources: [{discrete_resource_spec: {kind: gpu, value: 2}}]
              devices: [{capabilities: [gpu], driver: nvidia, count: 1, options: {a: b}}, {capabilities: [tpu], device_ids: [x]}]
          restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 2m}
          placement: {constraints: ["node.role==manager"], preferences: [{spread: zone}], max_replicas_per_node: 2}
        develop:
          watch:
            - path: ./src
              action: sync+exec
              target: /src
              ignore: [node_modules]
              include: ["*.js"]
              initial_sync: true
              exec: {command: [a], user: u, privileged: true, working_dir: /w, environment: {A: 1}}
        device_cgroup_rules: ["c 1:3 mr"]
        devices: [{source: /dev/a, target: /dev/b, permissions: r}]
        dns: [1.1.1.1]
        dns_opt: [use-vc]
        dns_search: [example.com]
        domainname: example.com
        entrypoint: [e]
        env_file: [{path: app.env, format: raw}, {path: gone.env, required: false}]
        environment: {C: 1}
        expose: [80]
        external_links: [other]
        extra_hosts: ["a=1.2.3.4"]
        gpus: [{capabilities: [gpu, compute], driver: nvidia, count: 1, options: {a: b}}, {device_ids: [x]}]
        group_add: [docker]
        healthcheck: {test: [CMD, a], interval: 1s, retries: 4, start_interval: 2s, start_period: 3s, timeout: 4s}
        hostname: web
        init: true
        ipc: host
        isolation: process
        label_file: [app.labels]
        labels: {c: d}
        links: [db]
        logging: {driver: syslog, options: {tag: x}}
        mem_limit: 512m
        mem_swappiness: 50
        memswap_limit: 1g
        models: {llm: {endpoint_var: E, model_var: M}}
        networks:
          front:
            aliases: [www]
            driver_opts: {a: b}
            gw_priority: 2
            interface_name: lan0
            ipv4_address: 10.9.0.5
            ipv6_address: "2001:db8::5"
            link_local_ips: [169.254.0.5]
            mac_address: "02:42:ac:11:00:03"
            priority: 5
          back: {}
        oom_kill_disable: true
        oom_score_adj: 5
        pid: host
        platform: linux/arm64
        ports: [{name: web, mode: host, host_ip: 127.0.0.1, target: 80, published: "8080", protocol: udp, app_protocol: http}]
        post_start: &hooks [{command: [a], user: u, privileged: true, working_dir: /w, environment: {A: 1}}]
        pre_start: [{command: [a], image: i, user: u, privileged: true, working_dir: /w, environment: {A: 1}, per_replica: true}]
        pre_stop: *hooks
        privileged: true
        profiles: [dev]
        pull_policy: refresh
        pull_refresh_after: 12h
        read_only: true
        runtime: kata
        secrets: [{source: key, target: other, uid: "1", gid: "2", mode: 256}]
        security_opt: ["no-new-privileges:true"]
        shm_size: 1g
        stdin_open: true
        stop_grace_period: 1m
        stop_signal: SIGINT
        storage_opt: {size: 1g}
        sysctls: {net.core.somaxconn: 1024}
        tmpfs: [/run]
        tty: true
        ulimits: {nofile: {soft: 10, hard: 20}, nproc: 5}
        use_api_socket: true
        user: u
        userns_mode: keep-id
        uts: host
        volumes:
          - {type: bind, source: ./a, target: /a, read_only: true, consistency: cached,
            bind: {propagation: rslave, create_host_path: false, recursive: disabled, selinux: z}}
          - {type: volume, source: data, target: /b, volume: {nocopy: true, subpath: x, labels: {a: b}}}
          - {type: tmpfs, target: /c, tmpfs: {size: 1m, mode: 1023}}
          - {type: image, source: alpine, target: /d, image: {subpath: x}}
        volumes_from: ["db:ro"]
        working_dir: /w
      limited:
        image: a
        build: {dockerfile_inline: FROM scratch}
        cpus: 0.5
        mac_address: "02:42:ac:11:00:02"
        scale: 2
        healthcheck: {disable: true}
        mem_reservation: 64m
        pids_limit: 50
        restart: always
      lonely: {image: a, network_mode: none, container_name: the-one, deploy: {replicas: 0, resources: {limits: {memory: 512m, cpus: 0.5}}}}
      specified: {image: a, credential_spec: {file: "file://a"}, volumes: ["elsewhere:/e", "outside:/o"], networks: [elsewhere, outside]}
      registered: {image: a, credential_spec: {registry: "registry://a"}, secrets: [outside, driven, fromenv], configs: [outside, own, fromenv]}
      provided: {provider: {type: awesomecloud, options: {type: mysql, sizes: [1, 2]}}}
      db: {image: postgres}
    models: {llm: {model: ai/smollm2, name: mine, context_size: 4096, runtime_flags: [--fast]}}
    networks:
      front:
        name: street
        driver: overlay
        driver_opts: {mtu: 1400}
        attachable: true
        enable_ipv6: true
        internal: true
        ipam:
          driver: custom
          config: [{subnet: 10.9.0.0/16, ip_range: 10.9.0.0/24, gateway: 10.9.0.1, aux_addresses: {router: 10.9.0.2}}, {subnet: "2001:db8::/64"}]
          options: {a: b}
        labels: {a: b}
      back: {enable_ipv4: false, enable_ipv6: true}
      elsewhere: {external: true}
      outside: {external: {name: there}}
    volumes:
      data: {name: stored, driver: nfs, driver_opts: {type: nfs}, labels: {a: b}}
      elsewhere: {external: true}
      outside: {external: {name: there}}
    secrets:
      key: {file: ./key, name: k, labels: {a: b}}
      outside: {external: {name: there}}
      driven: {driver: vault, driver_opts: {a: b}, template_driver: golang, environment: KEY}
      fromenv: {environment: KEY}
    configs:
      motd: {file: ./motd, name: m, labels: {a: b}, template_driver: golang}
      outside: {external: {name: there}}
      own: {content: hello}
      fromenv: {environment: KEY}
    """
}
