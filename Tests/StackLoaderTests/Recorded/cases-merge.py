"""Merging of several files, extends, include, profiles, and which files are read."""

cases = []
TAIL = "  a: {image: x}\n  b: {image: x}\n"
TOP = "networks: {n: {}, m: {}}\nvolumes: {vol: {}, wol: {}}\nsecrets: {s: {file: ./s}, t: {file: ./t}}\nconfigs: {c: {file: ./c}, d: {file: ./d}}\n"


def service(keys, tail=TAIL):
    return "services:\n  web:\n    image: x\n" + "".join(f"    {line}\n" for line in keys.split("\n") if line) + tail


def merge(first, second, *more, at=None, top=TOP, second_top=""):
    key = first.split(":")[0]
    keys = sorted({line.split(":")[0] for text in (first, second, *more) for line in text.split("\n") if line and not line.startswith(" ")})
    files = {"compose.yaml": service(first) + top}
    for number, text in enumerate((second, *more)):
        files[f"{number}.yaml"] = service(text, "") + second_top
    cases.append({
        "name": "merge " + " + ".join(text.replace("\n", "; ") for text in (first, second, *more)) + (f" [{second_top}]" if second_top else ""),
        "files": files, "arguments": ["-f", "compose.yaml", *[x for n in range(len(more) + 1) for x in ("-f", f"{n}.yaml")]],
        "at": at or [f"services.web.{key}" for key in keys],
    })


# Scalars, mappings, sequences
merge("user: a", "user: b")
merge("user: a", "")
merge("user: a", "user:")
merge("user: a", "user: b", "user: c")
merge("tty: true", "tty: false\nstdin_open: true", at=["services.web.stdin_open"])
merge("cap_add: [A]", "cap_add:")
merge("cap_add: [A]", "cap_add: []")
merge("environment: {A: 1}", "environment:")
merge("environment: {A: 1}", "environment: {}")
merge("healthcheck: {test: [CMD, a], retries: 1, interval: 1s}", "healthcheck: {retries: 2, timeout: 3s}")
merge("deploy: {replicas: 1, resources: {limits: {cpus: \"1\"}}}", "deploy: {replicas: 2, resources: {limits: {memory: 10m}}}")
merge("user: a", "user: [b]")
merge("cap_add: [A]", "cap_add: B")
merge("deploy: {replicas: 1}", "deploy: no")
# Replaced
merge("command: a b", "command: c")
merge("command: [a, b]", "command: [c]")
merge("command: [a]", "command: c d")
merge("command: [a]", "command: []")
merge("command: [a]", "command:")
merge("entrypoint: [a]", "entrypoint: [b, c]")
merge("entrypoint: a", "entrypoint: [b]")
merge("healthcheck: {test: [CMD, a]}", "healthcheck: {test: [CMD, b]}")
merge("healthcheck: {test: [CMD, a]}", "healthcheck: {test: curl x}")
# NAME=value lists and mappings
for key in ["environment", "labels", "annotations", "sysctls"]:
    merge(f"{key}: [A=1, B=2]", f"{key}: [B=3, C=4]")
    merge(f"{key}: {{A: 1, B: 2}}", f"{key}: {{B: 3, C: 4}}")
    merge(f"{key}: [A=1, B=2]", f"{key}: {{B: 3, C: 4}}")
    merge(f"{key}: {{A: 1, B: 2}}", f"{key}: [B=3, C=4]")
merge("environment: [A=1]", "environment: [A]")
merge("environment: {A: 1}", "environment: {A: }")
merge("environment: {A: 1}", "environment: {A: \"\"}")
merge("environment: [A=1, A=2]", "")
merge("environment: [A=a=b]", "environment: [B=]")
merge("labels: [a]", "labels: [b=]")
merge("build: {context: ., args: [A=1, B=2]}", "build: {args: {B: 3}}")
merge("build: {context: ., args: {A: 1}}", "build: {args: [B=2]}")
merge("build: {context: ., labels: [a=1]}", "build: {labels: {b: 2}}")
merge("build: {context: ., additional_contexts: {a: \"docker-image://a\"}}", "build: {additional_contexts: [\"b=docker-image://b\"]}")
merge("build: {context: ., extra_hosts: [\"a=1.1.1.1\"]}", "build: {extra_hosts: [\"b=2.2.2.2\"]}")
merge("deploy: {labels: {a: 1}}", "deploy: {labels: [b=2]}")
merge("user: a", "user: b", at=["networks.n.labels"], top=TOP.replace("n: {}", "n: {labels: {a: 1, b: 1}}"), second_top="networks: {n: {labels: [b=2]}}\n")
merge("user: a", "volumes: [\"vol:/v\"]", at=["volumes.vol"], top=TOP.replace("vol: {}", "vol: {labels: [a=1], driver_opts: {o: p}}"), second_top="volumes: {vol: {labels: {b: 2}, name: q}}\n")
# build
merge("build: ./x", "build: ./y")
merge("build: ./x", "build: {target: t}")
merge("build: {context: ./x, target: t}", "build: ./y")
merge("build: {context: ., tags: [a, b]}", "build: {tags: [b, c]}")
merge("build: {context: ., cache_from: [a]}", "build: {cache_from: [a, b]}")
merge("build: {context: ., dockerfile_inline: FROM x}", "build: {target: t}")
# depends_on, networks
merge("depends_on: [a]", "depends_on: [b]")
merge("depends_on: [a]", "depends_on: [a, b]")
merge("depends_on: [a]", "depends_on: {b: {condition: service_healthy}}")
merge("depends_on: {a: {condition: service_healthy}}", "depends_on: [b]")
merge("depends_on: {a: {condition: service_healthy}}", "depends_on: [a]")
merge("depends_on: {a: {condition: service_healthy, restart: true}}", "depends_on: {a: {condition: service_started}}")
merge("depends_on: {a: {condition: service_healthy, restart: true}}", "depends_on: {a: {condition: service_healthy, required: false}}")
merge("networks: [n]", "networks: [m]")
merge("networks: [n]", "networks: [n, m]")
merge("networks: [n]", "networks: {n: {aliases: [x]}}")
merge("networks: {n: {aliases: [x]}}", "networks: [m]")
merge("networks: {n: {aliases: [x]}}", "networks: [n]")
merge("networks: {n: {aliases: [x, y]}}", "networks: {n: {aliases: [y, z], priority: 3}}")
merge("networks: {n: {ipv4_address: 10.0.0.2}}", "networks: {n: {}}", top=TOP.replace("n: {}", "n: {ipam: {config: [{subnet: 10.0.0.0/24}]}}"))
# Lists, plain and of one
for key, one, two, both in [("dns", "1.1.1.1", "8.8.8.8", "[1.1.1.1, 9.9.9.9]"), ("dns_search", "a", "b", "[a, c]"), ("tmpfs", "/a", "/b", "[/a, /c]")]:
    merge(f"{key}: {one}", f"{key}: {two}")
    merge(f"{key}: {one}", f"{key}: {both}")
    merge(f"{key}: [{one}]", f"{key}: {two}")
merge("dns_opt: [a]", "dns_opt: [a, b]")
merge("cap_add: [A, B]", "cap_add: [B, C]")
merge("cap_drop: [A]", "cap_drop: [A, B]")
merge("expose: [80, \"81\"]", "expose: [\"80\", 82]")
merge("profiles: [p]", "profiles: [p, q]", at=["services.web"])
merge("links: [a]", "links: [a, \"b:c\"]")
merge("links: [\"a:x\"]", "links: [\"a:y\"]")
merge("group_add: [a, b]", "group_add: [b, c]")
merge("security_opt: [\"no-new-privileges:true\"]", "security_opt: [\"label:disable\"]")
merge("extra_hosts: [\"a=1.1.1.1\"]", "extra_hosts: [\"b=2.2.2.2\"]")
merge("extra_hosts: {a: 1.1.1.1}", "extra_hosts: {b: 2.2.2.2}")
merge("extra_hosts: [\"a=1.1.1.1\"]", "extra_hosts: {b: 2.2.2.2}")
merge("extra_hosts: [\"a:1.1.1.1\"]", "extra_hosts: [\"a:1.1.1.1\"]")
# logging, ulimits
merge("logging: {driver: local, options: {max-size: 1m}}", "logging: {driver: json-file}")
merge("logging: {driver: local, options: {max-size: 1m}}", "logging: {driver: local, options: {max-file: \"2\"}}")
merge("logging: {driver: local, options: {max-size: 1m}}", "logging: {options: {max-file: \"2\"}}")
merge("logging: {options: {max-size: 1m}}", "logging: {driver: local}")
merge("ulimits: {nofile: 1}", "ulimits: {nofile: 2, nproc: 3}")
merge("ulimits: {nofile: 1}", "ulimits: {nofile: {soft: 1, hard: 2}}")
merge("ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: 3}")
merge("ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: {soft: 2, hard: 3}}")
# Unique by target
merge("volumes: [\"./a:/x\"]", "volumes: [\"./b:/x\"]")
merge("volumes: [\"./a:/x\", \"vol:/v\"]", "volumes: [\"wol:/v:ro\", /y]")
merge("volumes: [\"./a:/x\"]", "volumes: [{type: volume, source: vol, target: /x}]")
merge("volumes: [{type: bind, source: ./a, target: /x, read_only: true}]", "volumes: [\"./b:/x\"]")
merge("volumes: [\"./a:/x\"]", "volumes: [\"./a:/x/\"]")
merge("volumes: [/x]", "volumes: [\"vol:/x\"]")
merge("secrets: [s]", "secrets: [t]")
merge("secrets: [s]", "secrets: [{source: t, target: /run/secrets/s}]")
merge("secrets: [s]", "secrets: [{source: s, uid: \"1\"}]")
merge("secrets: [{source: s, target: q}]", "secrets: [{source: t, target: q}]")
merge("configs: [c]", "configs: [{source: c, target: /c}]")
merge("configs: [c]", "configs: [d]")
merge("configs: [{source: c, target: /q}]", "configs: [{source: d, target: /q}]")
merge("ports: [\"80:80\"]", "ports: [\"80:80\"]")
merge("ports: [\"80:80\"]", "ports: [\"81:80\"]")
merge("ports: [\"80:80\"]", "ports: [\"80:81\"]")
merge("ports: [\"80:80\"]", "ports: [\"80:80/udp\"]")
merge("ports: [\"80:80\"]", "ports: [\"127.0.0.1:80:80\"]")
merge("ports: [\"80:80\"]", "ports: [\"0.0.0.0:80:80\"]")
merge("ports: [\"80:80\"]", "ports: [{target: 80, published: 80}]")
merge("ports: [{target: 80, published: \"80\", mode: host}]", "ports: [{target: 80, published: \"80\"}]")
merge("ports: [90]", "ports: [{target: 90}]")
merge("ports: [90]", "ports: [\"90\"]")
merge("ports: [\"8000-8001:80-81\"]", "ports: [\"8000:80\"]")
# env_file, label_file
cases.append({"name": "merge env_file", "files": {"compose.yaml": service("env_file: a.env"), "0.yaml": service("env_file: [b.env]", ""), "a.env": "A=a\nB=a",
              "b.env": "B=b"}, "arguments": ["-f", "compose.yaml", "-f", "0.yaml"], "at": ["services.web.environment"]})
cases.append({"name": "merge env_file twice the same", "files": {"compose.yaml": service("env_file: [a.env, b.env]"), "0.yaml": service("env_file: a.env", ""),
              "a.env": "A=a\nB=a", "b.env": "B=b"}, "arguments": ["-f", "compose.yaml", "-f", "0.yaml"], "at": ["services.web.environment"]})
cases.append({"name": "merge env_file over environment", "files": {"compose.yaml": service("environment: {A: own}"), "0.yaml": service("env_file: a.env", ""),
              "a.env": "A=a\nB=a"}, "arguments": ["-f", "compose.yaml", "-f", "0.yaml"], "at": ["services.web.environment"]})
# Top level
merge("networks: [n]", "user: a", at=["networks"], top=TOP.replace("n: {}", "n: {driver: bridge, internal: false}"), second_top="networks: {n: {internal: true, labels: {a: b}}}\n")
merge("networks: [n]", "user: a", at=["networks.n.ipam"], top=TOP.replace("n: {}", "n: {ipam: {config: [{subnet: 10.1.0.0/16}]}}"),
      second_top="networks: {n: {ipam: {config: [{subnet: 10.2.0.0/16}]}}}\n")
merge("networks: [n]", "user: a", at=["networks.n.ipam"], top=TOP.replace("n: {}", "n: {ipam: {config: [{subnet: 10.1.0.0/16}]}}"),
      second_top="networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16, gateway: 10.1.0.1}]}}}\n")
merge("secrets: [s]", "user: a", at=["secrets.s"], second_top="secrets: {s: {file: ./other}}\n")
merge("configs: [c]", "user: a", at=["configs.c"], second_top="configs: {c: {file: ./other, name: q}}\n")
merge("user: a", "user: b", at=["name"], top=TOP + "name: one\n", second_top="name: two\n")
merge("user: a", "user: b", at=["x-q"], top=TOP + "x-q: {a: 1, l: [1]}\n", second_top="x-q: {b: 2, l: [2]}\n")
merge("user: a", "user: b", at=["services.new", "services.web.user"], second_top="  new: {image: y}\n")
# !reset, !override
merge("user: a", "user: !reset null")
merge("user: a", "user: !reset b")
merge("cap_add: [A]\nuser: u", "cap_add: !reset []")
merge("ports: [\"80:80\"]", "ports: !reset []")
merge("environment: {A: 1, B: 2}", "environment: {A: !reset null}")
merge("environment: {A: 1, B: 2}", "environment: !reset null")
merge("environment: {A: 1}", "environment: !override {B: 2}")
merge("environment: [A=1]", "environment: !override [B=2]")
merge("cap_add: [A]", "cap_add: !override [B]")
merge("ports: [\"80:80\"]", "ports: !override [\"81:81\"]")
merge("command: [a]", "command: !override [b]")
merge("depends_on: {a: {condition: service_healthy}}", "depends_on: !override {b: {condition: service_started}}")
merge("depends_on: {a: {condition: service_healthy}, b: {condition: service_started}}", "depends_on: {a: !reset null}")
merge("healthcheck: {test: [CMD, a], retries: 3}", "healthcheck: {retries: !reset null}")
merge("healthcheck: {test: [CMD, a], retries: 3}", "healthcheck: !override {test: [CMD, b]}")
merge("deploy: {resources: {limits: {cpus: \"1\", memory: 10m}}}", "deploy: {resources: {limits: !override {memory: 20m}}}")
merge("deploy: {resources: {limits: {cpus: \"1\", memory: 10m}}}", "deploy: {resources: {limits: !reset {}}}")
merge("user: a", "user: !override b")
merge("user: !reset a", "")
merge("cap_add: !override [A]", "")
merge("cap_add: [A]", "cap_add: !override [B]", "cap_add: [C]")
merge("user: a", "user: !reset null", "user: c")
merge("user: a", "", at=["services"], second_top="  a: !reset null\n")
merge("user: a", "", at=["services"], second_top="  a: !override {image: new}\n")
merge("networks: [n]", "", at=["networks"], top=TOP.replace("n: {}", "n: {labels: {a: b}, internal: true}"), second_top="networks: {n: {labels: !reset {}}}\n")
merge("volumes: [\"vol:/v\"]", "volumes: !reset []", at=["services.web.volumes", "volumes"])


def files(name, files, at, arguments=(), **more):
    cases.append({"name": name, "files": files, "arguments": list(arguments), "at": at, **more})


web = "services.web"
# extends
files("extends: same file", {"compose.yaml": "services:\n  web: {extends: base, user: u}\n  base: {image: x, user: b, environment: {A: 1}}\n"}, [web])
files("extends: same file, long", {"compose.yaml": "services:\n  web: {extends: {service: base}, environment: [B=2]}\n  base: {image: x, environment: {A: 1, B: 1}}\n"}, [web])
files("extends: other file", {"compose.yaml": "services: {web: {extends: {file: d/b.yaml, service: base}}}\n",
      "d/b.yaml": "services: {base: {image: x, build: ./app, env_file: e.env, volumes: [\"./data:/data\", \"../up:/up\"], secrets: []}}\n", "d/e.env": "A=1"}, [web])
files("extends: chain over files", {"compose.yaml": "services: {web: {extends: {file: d/b.yaml, service: base}, user: u}}\n",
      "d/b.yaml": "services: {base: {extends: {file: e/c.yaml, service: root}, volumes: [\"./b:/b\"]}}\n",
      "d/e/c.yaml": "services: {root: {image: x, volumes: [\"./c:/c\"], user: r, hostname: h}}\n"}, [web])
files("extends: chain in a file", {"compose.yaml": "services:\n  web: {extends: b, user: u}\n  b: {extends: c, environment: {B: 1}}\n  c: {image: x, environment: {C: 1, B: 0}}\n"},
      [web, "services.b", "services.c"])
files("extends: of a service that extends in another file", {"compose.yaml": "services:\n  web: {extends: {file: d/b.yaml, service: one}}\n",
      "d/b.yaml": "services:\n  one: {extends: two, user: u}\n  two: {image: x, volumes: [\"./d:/d\"]}\n"}, [web])
files("extends: not in the file", {"compose.yaml": "services: {web: {extends: base}}\n"}, [web])
files("extends: not in the other file", {"compose.yaml": "services: {web: {extends: {file: b.yaml, service: base}}}\n", "b.yaml": "services: {x: {image: x}}\n"}, [web])
files("extends: no such file", {"compose.yaml": "services: {web: {extends: {file: b.yaml, service: base}}}\n"}, [web])
files("extends: itself", {"compose.yaml": "services: {web: {image: x, extends: web}}\n"}, [web])
files("extends: each other", {"compose.yaml": "services:\n  web: {image: x, extends: b}\n  b: {extends: web}\n"}, [web])
files("extends: each other over files", {"compose.yaml": "services: {web: {image: x, extends: {file: b.yaml, service: b}}}\n",
      "b.yaml": "services: {b: {extends: {file: compose.yaml, service: web}}}\n"}, [web])
files("extends: what is inherited", {"compose.yaml": "services:\n  web: {extends: base}\n  a: {image: x}\n  base: {image: x, depends_on: [a], links: [a], profiles: [],"
      " ports: [\"80\"], hostname: h, labels: {a: b}, command: [c], scale: 1}\n"}, [web])
files("extends: profiles", {"compose.yaml": "services:\n  web: {extends: base}\n  base: {image: x, profiles: [p]}\n"}, ["services"])
files("extends: lists are merged", {"compose.yaml": "services:\n  web: {extends: base, ports: [\"81\"], volumes: [\"./b:/x\"], cap_add: [B], dns: 2.2.2.2}\n"
      "  base: {image: x, ports: [\"80\"], volumes: [\"./a:/x\"], cap_add: [A], dns: 1.1.1.1}\n"}, [web])
files("extends: !reset in the extending service", {"compose.yaml": "services:\n  web: {extends: base, ports: !reset [], environment: {A: !reset null}}\n"
      "  base: {image: x, ports: [\"80:80\"], environment: {A: 1, B: 2}}\n"}, [web, "services.base"])
files("extends: !override in the extending service", {"compose.yaml": "services:\n  web: {extends: base, ports: !override [\"81:81\"]}\n  base: {image: x, ports: [\"80:80\"]}\n"}, [web])
files("extends: variables of the file", {"compose.yaml": "services: {web: {extends: {file: d/b.yaml, service: base}}}\n", "d/b.yaml": "services: {base: {image: \"x:$V\"}}\n",
      ".env": "V=main", "d/.env": "V=sub"}, [web])
files("extends: from a variable", {"compose.yaml": "services: {web: {extends: {file: \"${F}.yaml\", service: \"$S\"}}}\n", "b.yaml": "services: {base: {image: x}}\n",
      ".env": "F=b\nS=base"}, [web])
files("extends: overridden in a second file", {"compose.yaml": "services:\n  web: {extends: base}\n  base: {image: x, user: b}\n  other: {image: y, user: o}\n",
      "0.yaml": "services: {web: {user: two}}\n"}, [web], ["-f", "compose.yaml", "-f", "0.yaml"])
files("extends: in the second file", {"compose.yaml": "services:\n  web: {image: x, user: one}\n", "0.yaml": "services:\n  web: {extends: base}\n  base: {image: y, user: b, hostname: h}\n"}, [web],
      ["-f", "compose.yaml", "-f", "0.yaml"])
files("extends: in the second file, of the first", {"compose.yaml": "services:\n  web: {image: x, user: one}\n  base: {image: y, hostname: h}\n", "0.yaml": "services:\n  web: {extends: base}\n"}, [web],
      ["-f", "compose.yaml", "-f", "0.yaml"])
files("extends: the base's networks and volumes are not brought", {"compose.yaml": "services: {web: {extends: {file: b.yaml, service: base}}}\nvolumes: {vol: }\n",
      "b.yaml": "services: {base: {image: x, volumes: [\"vol:/v\"]}}\nvolumes: {vol: {name: other}}\n"}, [web, "volumes"])
files("extends: the base's file has a name and more", {"compose.yaml": "services: {web: {extends: {file: b.yaml, service: base}}}\n",
      "b.yaml": "name: other\nx-a: &a {user: u}\nservices: {base: {image: x, <<: *a}, broken: {image: y}}\n"}, [web, "name"])
files("extends: null", {"compose.yaml": "services:\n  web: {image: x, extends: }\n"}, [web])
files("extends: a base that is empty", {"compose.yaml": "services:\n  web: {image: x, extends: base}\n  base:\n"}, [web])
# include
inc = {"sub/compose.yaml": "services: {db: {image: \"pg:${V:-none}\", volumes: [\"./d:/d\"], environment: [V]}}\nnetworks: {n: {}}\n"}
two = ["services.db", "services.web.image"]
files("include: short", {"compose.yaml": "include: [sub/compose.yaml]\nservices: {web: {image: x, depends_on: [db]}}\n", **inc}, two)
files("include: not a list", {"compose.yaml": "include: sub/compose.yaml\nservices: {web: {image: x}}\n", **inc}, two)
files("include: long", {"compose.yaml": "include: [{path: sub/compose.yaml}]\nservices: {web: {image: x}}\n", **inc}, two)
files("include: its .env", {"compose.yaml": "include: [sub/compose.yaml]\nservices: {web: {image: \"x:${V:-none}\"}}\n", **inc, "sub/.env": "V=sub"}, two)
files("include: its .env below the project's", {"compose.yaml": "include: [sub/compose.yaml]\nservices: {web: {image: \"x:${V:-none}\"}}\n", **inc, "sub/.env": "V=sub", ".env": "V=main"}, two)
files("include: its .env below the shell's", {"compose.yaml": "include: [sub/compose.yaml]\nservices: {web: {image: \"x:${V:-none}\"}}\n", **inc, "sub/.env": "V=sub"}, two, environment={"V": "shell"})
files("include: env_file", {"compose.yaml": "include: [{path: sub/compose.yaml, env_file: v.env}]\nservices: {web: {image: x}}\n", **inc, "sub/.env": "V=sub", "v.env": "V=v"}, two)
files("include: several env_files", {"compose.yaml": "include: [{path: sub/compose.yaml, env_file: [v.env, w.env]}]\nservices: {web: {image: x}}\n", **inc, "v.env": "V=v\nA=1", "w.env": "V=w$A"}, two)
files("include: a missing env_file", {"compose.yaml": "include: [{path: sub/compose.yaml, env_file: no.env}]\nservices: {web: {image: x}}\n", **inc}, two)
files("include: project_directory", {"compose.yaml": "include: [{path: sub/compose.yaml, project_directory: third}]\nservices: {web: {image: x}}\n", **inc, "third/.env": "V=third"}, two)
files("include: paths that merge", {"compose.yaml": "include: [{path: [sub/compose.yaml, sub/more.yaml]}]\nservices: {web: {image: x}}\n", **inc,
      "sub/more.yaml": "services: {db: {user: u, volumes: [\"./e:/e\"]}}\n"}, two)
files("include: paths in two directories", {"compose.yaml": "include: [{path: [sub/compose.yaml, other/more.yaml]}]\nservices: {web: {image: x}}\n", **inc,
      "other/more.yaml": "services: {db: {user: u, volumes: [\"./e:/e\"]}}\n"}, two)
files("include: nested", {"compose.yaml": "include: [sub/a.yaml]\nservices: {web: {image: x}}\n", "sub/a.yaml": "include: [deep/compose.yaml]\nservices: {mid: {image: y}}\n",
      "sub/deep/compose.yaml": "services: {db: {image: \"z:$V\", volumes: [\"./d:/d\"]}}\n", "sub/deep/.env": "V=deep", "sub/.env": "V=sub"}, ["services.db", "services.mid"])
files("include: a name is not taken", {"compose.yaml": "include: [a.yaml]\nservices: {web: {image: x}}\n", "a.yaml": "name: other\nservices: {db: {image: \"x:$COMPOSE_PROJECT_NAME\"}}\n"}, ["name", "services.db.image"])
files("include: the same service twice, different", {"compose.yaml": "include: [a.yaml]\nservices: {web: {image: x, user: u}}\n", "a.yaml": "services: {web: {image: y, hostname: h}}\n"}, [web])
files("include: the same service twice, the same", {"compose.yaml": "include: [a.yaml]\nservices: {web: {image: x}}\n", "a.yaml": "services: {web: {image: x}}\n"}, [web])
files("include: two that conflict", {"compose.yaml": "include: [a.yaml, b.yaml]\nservices: {web: {image: x}}\n", "a.yaml": "services: {db: {image: x}}\n", "b.yaml": "services: {db: {image: y}}\n"}, [web])
files("include: two that agree", {"compose.yaml": "include: [a.yaml, b.yaml]\nservices: {web: {image: x}}\n", "a.yaml": "services: {db: {image: x}}\n", "b.yaml": "services: {db: {image: x}}\n"},
      [web, "services.db"])
files("include: overridden by a second file", {"compose.yaml": "include: [a.yaml]\nservices: {web: {image: x}}\n", "a.yaml": "services: {db: {image: x, user: a}}\n", "0.yaml": "services: {db: {user: two}}\n"},
      ["services.db"], ["-f", "compose.yaml", "-f", "0.yaml"])
files("include: from the override file", {"compose.yaml": "services: {web: {image: x}}\n", "compose.override.yaml": "include: [a.yaml]\nservices: {web: {user: u}}\n", "a.yaml": "services: {db: {image: x}}\n"},
      ["services.db", web])
files("include: itself", {"compose.yaml": "include: [compose.yaml]\nservices: {web: {image: x}}\n"}, [web])
files("include: each other", {"compose.yaml": "include: [a.yaml]\nservices: {web: {image: x}}\n", "a.yaml": "include: [compose.yaml]\nservices: {db: {image: x}}\n"}, [web])
files("include: no such file", {"compose.yaml": "include: [a.yaml]\nservices: {web: {image: x}}\n"}, [web])
files("include: from a variable", {"compose.yaml": "include: [\"${F:-a}.yaml\"]\nservices: {web: {image: x}}\n", "a.yaml": "services: {db: {image: x}}\n"}, ["services.db"])
files("include: dollar signs stay", {"compose.yaml": "include: [a.yaml]\nservices: {web: {image: x}}\n", "a.yaml": "services: {db: {image: x, labels: {a: \"$$V $${V}\"}}}\n"}, ["services.db.labels"])
files("include: extends what is included", {"compose.yaml": "include: [a.yaml]\nservices: {web: {extends: db, user: u}}\n", "a.yaml": "services: {db: {image: x}}\n"}, [web])
files("include: volumes, secrets and configs come too", {"compose.yaml": "include: [sub/a.yaml]\nservices: {web: {image: x, secrets: [s], configs: [c], volumes: [\"vol:/v\"]}}\n",
      "sub/a.yaml": "services: {db: {image: x}}\nsecrets: {s: {file: ./s}}\nconfigs: {c: {file: ./c}}\nvolumes: {vol: {labels: {a: b}}}\n"}, ["secrets", "configs", "volumes"])
# Which files
files("files: the override is found", {"compose.yaml": "services: {web: {image: x, user: a}}\n", "compose.override.yaml": "services: {web: {user: b}}\n"}, [web])
files("files: the override is not read with -f", {"compose.yaml": "services: {web: {image: x, user: a}}\n", "compose.override.yaml": "services: {web: {user: b}}\n"}, [web], ["-f", "compose.yaml"])
files("files: override .yml", {"compose.yaml": "services: {web: {image: x, user: a}}\n", "compose.override.yml": "services: {web: {user: b}}\n"}, [web])
files("files: docker-compose", {"docker-compose.yml": "services: {web: {image: x, user: a}}\n", "docker-compose.override.yml": "services: {web: {user: b}}\n"}, [web])
files("files: compose before docker-compose", {"docker-compose.yml": "services: {web: {image: old}}\n", "compose.yaml": "services: {web: {image: new}}\n"}, ["services.web.image"])
files("files: .yml after .yaml", {"compose.yml": "services: {web: {image: yml}}\n", "compose.yaml": "services: {web: {image: yaml}}\n"}, ["services.web.image"])
files("files: found above", {"compose.yaml": "services: {web: {image: x, volumes: [\"./a:/a\"]}}\n", "sub/deep/x": ""}, [web, "name"], directory="sub/deep")
files("files: standard input", {"x": ""}, [web, "name"], ["-f", "-"], input="services: {web: {image: x, volumes: [\"./a:/a\"]}}\n")
files("files: standard input and a file", {"b.yaml": "services: {web: {user: u}}\n"}, [web], ["-f", "-", "-f", "b.yaml"], input="services: {web: {image: x}}\n")
files("files: a file and standard input", {"b.yaml": "services: {web: {image: y, user: u}}\n"}, [web], ["-f", "b.yaml", "-f", "-"], input="services: {web: {image: x}}\n")
files("files: the first one's directory", {"a/c.yaml": "services: {web: {image: x, volumes: [\"./a:/a\"]}}\n", "b/c.yaml": "services: {web: {volumes: [\"./b:/b\"]}}\n"}, [web, "name"],
      ["-f", "a/c.yaml", "-f", "b/c.yaml"])
files("files: several documents", {"compose.yaml": "services: {web: {image: x, user: a, ports: [\"80:80\"]}}\n---\nservices: {web: {user: b, ports: [\"81:81\"]}}\n"}, [web])
files("files: several documents and !reset", {"compose.yaml": "services: {web: {image: x, user: a}}\n---\nservices: {web: {user: !reset null}}\n"}, [web])
files("files: an empty document", {"compose.yaml": "---\n---\nservices: {web: {image: x}}\n"}, [web])
files("files: COMPOSE_FILE", {"a.yaml": "services: {web: {image: a}}\n", "b.yaml": "services: {web: {user: b}}\n"}, [web], environment={"COMPOSE_FILE": "a.yaml:b.yaml"})
files("files: COMPOSE_FILE with COMPOSE_PATH_SEPARATOR", {"a.yaml": "services: {web: {image: a}}\n", "b.yaml": "services: {web: {user: b}}\n"}, [web],
      environment={"COMPOSE_FILE": "a.yaml@@b.yaml", "COMPOSE_PATH_SEPARATOR": "@@"})
files("files: COMPOSE_FILE below -f", {"a.yaml": "services: {web: {image: a}}\n", "b.yaml": "services: {web: {image: b}}\n"}, [web], ["-f", "b.yaml"], environment={"COMPOSE_FILE": "a.yaml"})
files("files: COMPOSE_FILE of .env, its directory", {"p/a.yaml": "services: {web: {image: \"a:$V\", volumes: [\"./x:/x\"]}}\n", ".env": "COMPOSE_FILE=p/a.yaml", "p/.env": "V=p"}, [web, "name"])
files("files: COMPOSE_PATH_SEPARATOR of .env", {"a.yaml": "services: {web: {image: a}}\n", "b.yaml": "services: {web: {user: b}}\n", ".env": "COMPOSE_FILE=a.yaml;b.yaml\nCOMPOSE_PATH_SEPARATOR=;"}, [web])
files("files: none", {"x": ""}, [web])
files("files: a missing one", {"compose.yaml": "services: {web: {image: x}}\n"}, [web], ["-f", "no.yaml"])
files("files: an empty one", {"compose.yaml": ""}, [web])
files("files: -f a directory", {"d/compose.yaml": "services: {web: {image: x}}\n"}, [web], ["-f", "d"])
# The project's name
plain = "services: {web: {image: \"x:$COMPOSE_PROJECT_NAME\"}}\n"
name = ["name", "services.web.image"]
files("name: the directory's", {"compose.yaml": plain}, name)
files("name: -p", {"compose.yaml": "name: written\n" + plain}, name, ["-p", "given"], environment={"COMPOSE_PROJECT_NAME": "shell"})
files("name: COMPOSE_PROJECT_NAME", {"compose.yaml": "name: written\n" + plain}, name, environment={"COMPOSE_PROJECT_NAME": "shell"})
files("name: COMPOSE_PROJECT_NAME of .env", {"compose.yaml": "name: written\n" + plain, ".env": "COMPOSE_PROJECT_NAME=dot"}, name)
files("name: written", {"compose.yaml": "name: written\n" + plain}, name)
files("name: the last one's", {"compose.yaml": "name: one\n" + plain, "0.yaml": "name: two\nservices: {web: {user: u}}\n"}, name, ["-f", "compose.yaml", "-f", "0.yaml"])
files("name: with a default", {"compose.yaml": "name: \"${N:-d}\"\n" + plain}, name)
files("name: empty", {"compose.yaml": "name: \"\"\n" + plain}, name)
files("name: upper case", {"compose.yaml": "name: Upper\n" + plain}, name)
files("name: -p upper case", {"compose.yaml": plain}, name, ["-p", "Upper"])
files("name: COMPOSE_PROJECT_NAME upper case", {"compose.yaml": plain}, name, environment={"COMPOSE_PROJECT_NAME": "Upper"})
files("name: COMPOSE_PROJECT_NAME empty", {"compose.yaml": "name: written\n" + plain}, name, environment={"COMPOSE_PROJECT_NAME": ""})
files("name: of a directory with other signs", {"My Shop_1/compose.yaml": plain}, name, directory="My Shop_1")
files("name: of a directory that starts with signs", {"_-A.b/compose.yaml": plain}, name, directory="_-A.b")
files("name: starts with a sign", {"compose.yaml": plain}, name, ["-p", "-a"])
files("name: has a slash", {"compose.yaml": plain}, name, ["-p", "a/b"])
files("name: digits", {"compose.yaml": plain}, name, ["-p", "1_-"])
# Profiles
prof = "services:\n  always: {image: x}\n  one: {image: x, profiles: [a]}\n  two: {image: x, profiles: [a, b]}\n  other: {image: x, profiles: [b], depends_on: [one]}\n  needs: {image: x, depends_on: [always]}\n"
free = prof.replace(", depends_on: [one]", "")
both = ["services.always.image", "services.one.image", "services.two.image", "services.other.image", "services.needs.image"]
files("profiles: none", {"compose.yaml": free}, both)
files("profiles: --profile", {"compose.yaml": free}, both, ["--profile", "a"])
files("profiles: several", {"compose.yaml": free}, both, ["--profile", "a", "--profile", "b"])
files("profiles: *", {"compose.yaml": free}, both, ["--profile", "*"])
files("profiles: COMPOSE_PROFILES", {"compose.yaml": free}, both, environment={"COMPOSE_PROFILES": "b"})
files("profiles: COMPOSE_PROFILES, several", {"compose.yaml": free}, both, environment={"COMPOSE_PROFILES": "a,b"})
files("profiles: COMPOSE_PROFILES with a blank", {"compose.yaml": free}, both, environment={"COMPOSE_PROFILES": "x, b"})
files("profiles: COMPOSE_PROFILES of .env", {"compose.yaml": free, ".env": "COMPOSE_PROFILES=b"}, both)
files("profiles: --profile and COMPOSE_PROFILES", {"compose.yaml": free}, both, ["--profile", "a"], environment={"COMPOSE_PROFILES": "b"})
files("profiles: unknown", {"compose.yaml": free}, both, ["--profile", "zzz"])
files("profiles: depends on a disabled one", {"compose.yaml": prof}, both, ["--profile", "b"])
files("profiles: depends on a disabled one, not required", {"compose.yaml": prof.replace("[one]", "{one: {condition: service_started, required: false}}")}, both, ["--profile", "b"])
files("profiles: an enabled one depends on a disabled one", {"compose.yaml": "services:\n  web: {image: x, depends_on: [one]}\n  one: {image: x, profiles: [a]}\n"}, [web])
files("profiles: what is disabled is not looked at closely", {"compose.yaml": "services:\n  web: {image: x}\n  one: {image: x, profiles: [a], env_file: missing}\n"}, [web])
files("profiles: what only a disabled one uses", {"compose.yaml": "services:\n  web: {image: x}\n  one: {image: x, profiles: [a], volumes: [\"vol:/v\"], networks: [n]}\nvolumes: {vol: {}}\nnetworks: {n: {}}\n"},
      ["volumes", "networks"])
