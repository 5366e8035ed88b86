/// How two files' values for one key become one, where that is not "mappings key by key, lists one after the other, the later
/// scalar" (Compose Specification, "Merge").
enum MergeRule {
  /// The later value replaces the earlier one.
  case replace
  /// `NAME=value` lists and mappings, merged by name.
  case keyed
  /// Lists of names and mappings with those names as keys, merged by name.
  case named
  /// A text stands for a list of one.
  case list
  /// `build`: a text is its context.
  case build
  /// `extends`, `ulimits.x`: a text or number and a mapping replace each other.
  case sameKindOrReplace
  /// `logging`: options of another driver are not kept.
  case logging

  private static let table: [(rule: MergeRule, patterns: String)] = [
    (
      .keyed,
      """
      networks.*.labels volumes.*.labels secrets.*.labels configs.*.labels services.*.annotations services.*.build.args
      services.*.build.additional_contexts services.*.build.labels services.*.build.extra_hosts services.*.deploy.labels
      services.*.environment services.*.extra_hosts services.*.labels services.*.sysctls
      """
    ),
    (.replace, "networks.*.ipam.config services.*.command services.*.entrypoint services.*.healthcheck.test services.*.gpus"),
    (.named, "services.*.depends_on services.*.models services.*.networks"),
    (
      .list,
      "services.*.dns services.*.dns_opt services.*.dns_search services.*.env_file services.*.label_file services.*.tmpfs"
    ),
    (.build, "services.*.build"),
    (.logging, "services.*.logging"),
    (.sameKindOrReplace, "services.*.ulimits.* services.*.extends networks.*.external volumes.*.external"),
  ]

  private static let rules: [(pattern: [Substring], rule: MergeRule)] = table.flatMap { row in
    row.patterns.split(whereSeparator: \.isWhitespace).map { ($0.split(separator: "."), row.rule) }
  }

  static func rule(for path: [String]) -> MergeRule? {
    rules.first { entry in
      entry.pattern.count == path.count && zip(entry.pattern, path).allSatisfy { $0 == "*" || $0 == $1[...] }
    }?.rule
  }
}
