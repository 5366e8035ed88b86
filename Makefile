# The few words: build, demo, hello, test, test-vm, test-power, bench, install, format, lint, clean. Each installs from Debian's packages what it misses
# and needs nothing done before it, but a machine with Debian 12 or later, Swift, and root (or sudo).

SHELL := /bin/bash
CONFIGURATION ?= release
SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
export WORDPRESS_PORT ?= 8080
export HELLO_PORT ?= 8000

bin := .build/$(CONFIGURATION)
muster := $(bin)/muster
as_root := $(if $(filter-out 0,$(shell id -u)),sudo -E) env
flags := --explicit-target-dependency-import-check error
flags.release := -c release --static-swift-stdlib
flags.debug :=

build_packages := pkg-config libyaml-dev libseccomp-dev libarchive-dev libsqlite3-dev
demo_packages := mmdebstrap busybox-static
test_packages := $(demo_packages) curl nftables iproute2 binutils age gcc libc6-dev docker-registry skopeo apache2-utils openssl zstd xz-utils bzip2 git
vm_packages := qemu-system-x86 mmdebstrap e2fsprogs binutils busybox-static gcc libc6-dev
bench_packages := busybox-static curl iproute2 docker.io docker-compose docker-registry podman runc crun

# The root file system of debian:bookworm, made once.
base := .build/demo/debian-bookworm.tar
secrets := $(addprefix examples/wordpress/secrets/,db_password db_root_password wordpress_salt)

.PHONY: build demo hello test test-vm test-power bench install format lint clean deps demo-deps test-deps vm-deps bench-deps

build: deps
	$(SWIFT) build $(flags) $(flags.$(CONFIGURATION))

# WordPress and its database, up and healthy; `muster -f examples/wordpress/compose.yaml down -v` removes them.
demo: demo-deps build $(secrets) $(base)
	@$(as_root) $(muster) image ls | grep -qE '^debian +bookworm ' || $(as_root) $(muster) image import $(base) debian:bookworm
	$(as_root) $(muster) -f examples/wordpress/compose.yaml up -d --wait
	@echo
	@echo "WordPress is at http://localhost:$(WORDPRESS_PORT)/"

hello: demo-deps build examples/hello/busybox
	$(as_root) $(muster) -f examples/hello/compose.yaml up -d --wait
	@echo
	@echo "The page is at http://localhost:$(HELLO_PORT)/"

# One debug build serves the unit tests and, with its programs, the scenarios. The scenarios come last and alone: they look for leaks.
test: test-deps $(base)
	$(SWIFT) build --build-tests $(flags)
	$(as_root) SWIFT=$(SWIFT) Tests/run.sh unit 900 --skip ScenarioTests
	$(as_root) SWIFT=$(SWIFT) Tests/run.sh scenarios 1200 --filter ScenarioTests

# Muster beside Docker: BENCH="--quick --only up-10 --only run", COMPOSE=the Docker Compose to compare with (2 or later; Debian 13 has it).
COMPOSE ?= docker-compose
bench: build bench-deps
	$(SWIFT) build --package-path Benchmarks -c release
	$(as_root) Benchmarks/.build/release/bench --programs $(abspath $(bin)) --compose $(COMPOSE) --output .build/bench $(BENCH)

# The tests that need root, with the release programs, on a Debian 12 of their own: systemd, pure cgroup v2, the stock kernel, in QEMU
# without acceleration. MUSTER_TEST_VM=all: all scenarios. The machine's output is in .build/tests-vm.log, its console in .build/vm.
test-vm: vm-deps build examples/hello/busybox
	$(SWIFT) build --build-tests $(flags)
	@set -o pipefail; $(as_root) CONFIGURATION=$(CONFIGURATION) Tests/vm/run --limit 9000 -- env MUSTER_TEST_VM=$(MUSTER_TEST_VM) Tests/vm/tests 2>&1 | tee .build/tests-vm.log

# A stack on a machine whose power is cut 20 times, in the middle of up, of updates and of down: POWER="40 SEED" for more.
test-power: vm-deps build
	$(as_root) CONFIGURATION=$(CONFIGURATION) Tests/vm/power-cuts $(POWER)

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 $(addprefix $(bin)/,muster musterd muster-shim muster-oci) $(DESTDIR)$(PREFIX)/bin/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	$(muster) man $(DESTDIR)$(PREFIX)/share/man/man1
	sed 's|/usr/local/bin|$(PREFIX)/bin|' examples/systemd/musterd.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/musterd.service

format:
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

clean:
	$(SWIFT) package clean
	rm -rf .build/demo examples/hello/busybox

$(base): examples/base-image.sh | demo-deps
	@echo "Making debian:bookworm from this machine's package sources"
	@$(as_root) examples/base-image.sh $@

$(secrets):
	@mkdir -p -m 0700 $(@D)
	@umask 077 && head -c 24 /dev/urandom | base64 | tr '+/' '-_' >$@

examples/hello/busybox: | demo-deps
	cp /bin/busybox $@

# install PACKAGES: those that are not installed, with one retry after an update of the lists.
define install_missing
	@missing=$$(for name in $(1); do \
	  dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q '^install ok installed' || echo $$name; done); \
	if [ -n "$$missing" ]; then \
	  echo "Installing" $$missing; \
	  get="$(as_root) DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing"; \
	  $$get >/dev/null 2>&1 || { $(as_root) apt-get update -qq && $$get >/dev/null; }; \
	fi
endef

deps:
	$(call install_missing,$(build_packages))

demo-deps:
	$(call install_missing,$(demo_packages))

test-deps:
	$(call install_missing,$(build_packages) $(test_packages))

bench-deps:
	$(call install_missing,$(bench_packages))

vm-deps: deps
	$(call install_missing,$(vm_packages))
