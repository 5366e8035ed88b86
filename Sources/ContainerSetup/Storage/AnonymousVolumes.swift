public import OCI
public import StackModel

/// Where the container gets volumes of its own: entries without a source, and the image's `VOLUME`s where nothing else is mounted. Clean paths, sorted.
public func anonymousVolumeTargets(_ spec: ContainerSpec, _ image: ImageConfig) -> [String] {
  var targets: Set<String> = []
  var taken: Set<String> = []
  for mount in spec.options.mounts {
    let target = cleanPath(mount.target)
    taken.insert(target)
    if mount.source == .anonymousVolume { targets.insert(target) }
  }
  for path in (image.config?.volumes ?? [:]).keys {
    let target = cleanPath(path)
    if target != "/" && !path.utf8.contains(0) && !taken.contains(target) { targets.insert(target) }
  }
  return targets.sorted()
}
