import Diagnostics

/// Directories of the host that containers should not have, data that get lost, files that are not there.
func checkMounts(_ lint: Lint) {
  for service in lint.services {
    var mounts: [VolumeEntry] = []
    for node in service["volumes"]?.sequence ?? [] {
      guard let mount = entry(node) else { continue }
      mounts.append(mount)
      if mount.kind == .bind, let source = mount.source { checkBind(mount, source, node, service, lint) }
    }
    checkData(mounts, service, lint)
    checkOptionalFiles(service, lint)
  }
}

private func entry(_ node: Node) -> VolumeEntry? {
  if node.mapping != nil { return try? VolumeEntry(long: Fields(node: node, subject: "", report: Report())) }
  return node.text.flatMap { try? VolumeEntry(short: node, text: $0) }
}

private func checkBind(_ mount: VolumeEntry, _ source: String, _ node: Node, _ service: LintedService, _ lint: Lint) {
  let path = Paths.absolute(source, in: mount.place.origin.directory, home: lint.loaded.environment["HOME"])
  if isEngineSocket(path) {
    lint.tell(
      .engineSocket, mount.place, service, "\(service.subject) is given the container engine's socket, \(path)",
      hint: "remove it, or put a proxy between them that lets only what is needed through")
  } else if !mount.isReadOnly, isSystemPath(path) {
    lint.tell(
      .writableSystemDirectory, mount.place, service, "\(service.subject) may write to \(path) of the host",
      hint: "bind only the directory that it needs, or make it read-only", fix: readOnly(mount, node, lint.files))
  }
  if source.hasPrefix("../../") || source == "../.." {
    lint.tell(
      .pathOutsideProject, mount.place, service,
      "\(service.subject): \(source) leads out of the project's directory by more than one level",
      hint: "keep the file in the project, or give the path in a variable")
  }
  if mount.createsHostPath, looksLikeFile(source), looksLikeFile(mount.target), !lint.reader.hasAnything(path) {
    lint.tell(
      .missingBindSource, mount.place, service,
      "\(service.subject): there is no file \(path); the bind would make a directory of that name",
      hint: "make the file, or write the bind in its long form with create_host_path: false to be told when it is missing")
  }
}

private func isEngineSocket(_ path: String) -> Bool {
  ["docker.sock", "podman.sock", "containerd.sock", "crio.sock", "muster.sock", "buildkitd.sock"].contains(Paths.name(of: path))
}

private let systemDirectories: Set<String> = [
  "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/root", "/run", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/sbin",
  "/var", "/var/lib", "/var/lib/containerd", "/var/lib/docker", "/var/lib/muster", "/var/run", "/etc/passwd", "/etc/shadow", "/etc/group",
  "/etc/sudoers", "/etc/sudoers.d", "/etc/ssh", "/etc/cron.d", "/etc/crontab", "/etc/systemd", "/etc/systemd/system", "/root/.ssh",
]

private func isSystemPath(_ path: String) -> Bool {
  systemDirectories.contains(path) || path == "/proc" || path.hasPrefix("/proc/") || path == "/sys" || path.hasPrefix("/sys/")
}

/// `SOURCE:TARGET` with `:ro` behind.
private func readOnly(_ mount: VolumeEntry, _ node: Node, _ files: WrittenFiles) -> Fix? {
  guard let token = files.token(node.place), let written = files.written(node), written.split(separator: ":").count == 2,
    !written.contains("$"), !written.contains("\""), !token.contains("\n")
  else { return nil }
  let text = files.isPlain(node.place) ? "\(written):ro" : "\"\(written):ro\""
  return files.replace(node.place, with: text).map { Fix("make it read-only", [$0], isSafe: false, changes: ["services.*.volumes"]) }
}

/// `nginx.conf`, but neither `conf.d` nor `.config` nor `data`.
private func looksLikeFile(_ path: String) -> Bool {
  // Sockets and the like come and go.
  guard !["/run/", "/var/run/", "/dev/", "/proc/", "/sys/", "/tmp/"].contains(where: path.hasPrefix), !path.hasSuffix(".sock") else {
    return false
  }
  let name = Paths.name(of: path)
  guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
  let ending = name[name.index(after: dot)...]
  return (2...6).contains(ending.count) && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    && ending.contains(where: \.isLetter)
}

/// A database's data belong into a volume with a name, or a directory of the host.
private func checkData(_ mounts: [VolumeEntry], _ service: LintedService, _ lint: Lint) {
  guard let known = service.known, let store = known.store, let image = service["image"], !known.data.isEmpty else { return }
  func overlaps(_ target: String) -> Bool {
    known.data.contains { $0 == target || $0.hasPrefix(target + "/") || target.hasPrefix($0 + "/") }
  }
  let temporary = (service["tmpfs"]?.sequence ?? [service["tmpfs"]].compactMap { $0 }).compactMap { $0.text?.split(separator: ":").first }
  let kept = mounts.filter { overlaps($0.target) }
  if let anonymous = kept.first(where: { $0.kind == .volume && $0.source == nil }),
    kept.allSatisfy({ $0.kind == .volume && $0.source == nil })
  {
    lint.tell(
      .anonymousDatabaseVolume, anonymous.place, service,
      "\(service.subject): the data of \(store) are in a volume without a name at \(anonymous.target)",
      hint: "name it: data:\(anonymous.target), and declare data under the top-level volumes")
  } else if kept.isEmpty, !temporary.contains(where: { overlaps(String($0)) }), service["volumes_from"] == nil {
    lint.tell(
      .anonymousDatabaseVolume, image.place, service, "\(service.subject): nothing keeps the data of \(store) in \(known.data[0])",
      hint: "add a volume: data:\(known.data[0]), and declare data under the top-level volumes")
  }
}

/// `env_file` with `required: false`.
private func checkOptionalFiles(_ service: LintedService, _ lint: Lint) {
  for node in service["env_file"]?.sequence ?? [] {
    guard let path = node["path"], let text = path.text, let required = node["required"]?.text, Values.bool(required) == false else {
      continue
    }
    let absolute = Paths.absolute(text, in: path.place.origin.directory, home: lint.loaded.environment["HOME"])
    guard !lint.reader.hasAnything(absolute) else { continue }
    lint.tell(
      .missingOptionalFile, path.place, service, "\(service.subject): the environment file \(text) is not there and not required",
      hint: "make it where its variables are needed")
  }
}
