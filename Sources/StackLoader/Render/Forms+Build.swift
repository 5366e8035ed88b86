extension Forms {
  static let build: [Member] = [
    Member("context"), Member("dockerfile"), Member("dockerfile_inline"), Member("entitlements", .texts),
    Member("args", .normalized(buildArguments, .pairs(.null))), Member("provenance"), Member("sbom"),
    Member("ssh", .normalized(sshKeys, .list(.text))), Member("labels", .pairs(.empty)),
    Member("cache_from", .expanded(listed, .list(.text))),
    Member("cache_to", .expanded(listed, .list(.text))), Member("no_cache", .bool),
    Member("no_cache_filter", .expanded(listed, .list(.text))),
    Member("additional_contexts", .normalized(buildContexts, .pairs(.empty))), Member("pull", .bool),
    Member("extra_hosts", .normalized(longHosts, .texts)), Member("isolation"), Member("network"), Member("target"),
    Member("secrets", .expanded(longConfigs, .list(.object(grant)))), Member("shm_size", .bytes), Member("tags", .texts),
    Member("ulimits", ulimits), Member("platforms", .texts), Member("privileged", .bool),
  ]
}
