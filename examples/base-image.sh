#!/bin/bash
# base-image.sh FILE [PACKAGE...]: makes the root file system of `debian:bookworm` as a tar archive, from this machine's own package sources.
#
# It is the image that a registry would give, made where none is in reach: mmdebstrap unpacks the smallest Debian that has apt. The
# sources, and what apt here needs to reach them (proxies, checks, keys of the sources named by `signed-by`), are put into the image, so
# that `RUN apt-get install` works in a build. Needs root, mmdebstrap, and a machine whose sources have Debian 12 ("bookworm").
set -euo pipefail

suite=bookworm
target=${1:?usage: base-image.sh FILE [PACKAGE...]}
shift
packages=$(IFS=,; echo "ca-certificates${*:+,$*}")

# The stanzas of deb822 files and the lines of one-line files that are of the suite itself; other sources are no business of the image.
sources=$(
  shopt -s nullglob
  for file in /etc/apt/sources.list.d/*.sources; do
    awk -v suite="$suite" 'BEGIN { RS = ""; ORS = "\n\n" }
      $0 ~ "(^|\n)Suites:[^\n]*[ \t]" suite "([ \t\n-]|$)" && $0 ~ "(^|\n)Types:[^\n]*deb([ \t\n]|$)" && $0 !~ "(^|\n)Enabled:[ \t]*no" {
        lines = split($0, line, "\n"); text = ""
        for (i = 1; i <= lines; i++) if (line[i] !~ /^#/) text = text (text == "" ? "" : "\n") line[i]
        print text
      }' "$file"
  done
)
lines=$(
  shopt -s nullglob
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -e $file ]] && grep -hE "^[[:space:]]*deb[[:space:]].*[[:space:]]$suite(-updates|-security|/updates)?[[:space:]]" "$file" || true
  done
)
if [[ -z $sources$lines ]]; then
  echo "base-image.sh: no apt source of this machine has Debian's $suite; get debian:$suite elsewhere and run: muster image import FILE debian:$suite" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirrors=()
if [[ -n $sources ]]; then printf '%s\n' "$sources" >"$work/host.sources"; mirrors+=("$work/host.sources"); fi
if [[ -n $lines ]]; then printf '%s\n' "$lines" >"$work/host.list"; mirrors+=("$work/host.list"); fi

# How apt here reaches its sources. Credentials (auth.conf) stay here.
apt-config dump | grep -E '^Acquire::(https?|Check-|Retries|ForceIPv)' | grep -v ' "";$' >"$work/99host" || true
for scheme in http https; do
  name=${scheme}_proxy
  value=${!name:-}
  [[ -z $value ]] || printf 'Acquire::%s::Proxy "%s";\n' "$scheme" "$value" >>"$work/99host"
done
# An image needs neither package archives nor translations, manuals and documentation.
cat >"$work/90image" <<'APT'
Acquire::Languages "none";
Acquire::GzipIndexes "true";
APT::Install-Recommends "false";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb || true"; };
APT

hooks=(
  "--setup-hook=mkdir -p \"\$1\"/etc/apt/apt.conf.d; cp '$work/99host' '$work/90image' \"\$1\"/etc/apt/apt.conf.d/"
)
keys=$(printf '%s\n%s\n' "$sources" "$lines" | grep -oiE '(signed-by[:=][[:space:]]*)/[^] ,]+' | grep -oE '/.*' | sort -u) || true
for key in $keys; do
  hooks+=("--setup-hook=mkdir -p \"\$1\$(dirname '$key')\"; cp '$key' \"\$1\$(dirname '$key')/\"")
done

mkdir -p "$(dirname "$target")"
mmdebstrap --quiet --variant=minbase --include="$packages" --format=tar \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  "${hooks[@]}" "$suite" "$target.part" "${mirrors[@]}"
mv "$target.part" "$target"
