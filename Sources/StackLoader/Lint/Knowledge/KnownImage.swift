/// What is known about an image that many stacks use. Only what its maintainers document or its Dockerfile says; what is not
/// certain is not here.
struct KnownImage: Sendable {
  /// A database, a cache or a queue: not meant for strangers. In words.
  var store: String?
  /// Where it keeps its data; a mount at one of them, above or below keeps them.
  var data: [String] = []
  /// Its Dockerfile has no HEALTHCHECK.
  var lacksHealthcheck = false
  /// Programs that are missing in every variant, and those missing in the `alpine` and in the other variants.
  var lacks: Set<String> = []
  var alpineLacks: Set<String> = []
  var debianLacks: Set<String> = []
  /// As `debianLacks`, in the `slim` variants only.
  var slimLacks: Set<String> = []
  /// The variables that can also be given as a file.
  var files = FileVariables.none

  static func of(_ image: ImageName) -> KnownImage? {
    if image.short.hasPrefix("linuxserver/") || image.short.hasPrefix("lscr.io/linuxserver/") { return linuxServer }
    return table[image.short]
  }

  /// All images of the LinuxServer project read files the same way.
  private static let linuxServer = KnownImage(files: .behind("FILE__"))

  /// Whether this variant of the image has no such program.
  func lacks(_ program: String, in image: ImageName) -> Bool {
    if lacks.contains(program) { return true }
    if image.hasTagWord("alpine") { return alpineLacks.contains(program) }
    return debianLacks.contains(program) || (image.hasTagWord("slim") && slimLacks.contains(program))
  }

  private static let both: Set<String> = ["curl", "wget"]

  private static let mysql: FileVariables = .names([
    "MYSQL_DATABASE", "MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_USER",
  ])
  private static let mariadb: FileVariables = .names([
    "MARIADB_DATABASE", "MARIADB_PASSWORD", "MARIADB_ROOT_PASSWORD", "MARIADB_USER", "MARIADB_REPLICATION_PASSWORD", "MYSQL_DATABASE",
    "MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_USER",
  ])
  private static let postgres: FileVariables = .names(["POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER"])

  private static let table: [String: KnownImage] = [
    // Databases
    "mysql": KnownImage(store: "MySQL", data: ["/var/lib/mysql"], lacksHealthcheck: true, files: mysql),
    "mariadb": KnownImage(store: "MariaDB", data: ["/var/lib/mysql"], lacksHealthcheck: true, debianLacks: both, files: mariadb),
    "postgres": KnownImage(
      store: "PostgreSQL", data: ["/var/lib/postgresql/data", "/var/lib/postgresql"], lacksHealthcheck: true, alpineLacks: ["curl"],
      debianLacks: both, files: postgres),
    "postgis/postgis": KnownImage(store: "PostgreSQL", data: ["/var/lib/postgresql/data", "/var/lib/postgresql"], files: postgres),
    "timescale/timescaledb": KnownImage(store: "PostgreSQL", data: ["/var/lib/postgresql/data", "/var/lib/postgresql"], files: postgres),
    "pgvector/pgvector": KnownImage(store: "PostgreSQL", data: ["/var/lib/postgresql/data", "/var/lib/postgresql"], files: postgres),
    "mongo": KnownImage(
      store: "MongoDB", data: ["/data/db"], lacksHealthcheck: true,
      files: .names(["MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_USERNAME"])),
    "redis": KnownImage(store: "Redis", lacksHealthcheck: true, alpineLacks: ["curl"], debianLacks: both),
    "valkey/valkey": KnownImage(store: "Valkey", lacksHealthcheck: true, alpineLacks: ["curl"], debianLacks: both),
    "redislabs/redismod": KnownImage(store: "Redis"),
    "redis/redis-stack": KnownImage(store: "Redis"),
    "redis/redis-stack-server": KnownImage(store: "Redis"),
    "memcached": KnownImage(store: "memcached", lacksHealthcheck: true),
    "elasticsearch": KnownImage(store: "Elasticsearch", data: ["/usr/share/elasticsearch/data"]),
    "docker.elastic.co/elasticsearch/elasticsearch": KnownImage(store: "Elasticsearch", data: ["/usr/share/elasticsearch/data"]),
    "opensearchproject/opensearch": KnownImage(store: "OpenSearch", data: ["/usr/share/opensearch/data"]),
    "couchdb": KnownImage(store: "CouchDB", data: ["/opt/couchdb/data"], lacksHealthcheck: true),
    "cassandra": KnownImage(store: "Cassandra", data: ["/var/lib/cassandra"], lacksHealthcheck: true),
    "neo4j": KnownImage(store: "Neo4j", data: ["/data"]),
    "influxdb": KnownImage(
      store: "InfluxDB", data: ["/var/lib/influxdb2", "/var/lib/influxdb", "/var/lib/influxdb3"],
      files: .names([
        "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN", "DOCKER_INFLUXDB_INIT_PASSWORD", "DOCKER_INFLUXDB_INIT_USERNAME",
      ])),
    "clickhouse/clickhouse-server": KnownImage(store: "ClickHouse", data: ["/var/lib/clickhouse"]),
    "mcr.microsoft.com/mssql/server": KnownImage(store: "SQL Server", data: ["/var/opt/mssql"]),
    "mcr.microsoft.com/azure-sql-edge": KnownImage(store: "SQL Server", data: ["/var/opt/mssql"]),
    "rabbitmq": KnownImage(store: "RabbitMQ", data: ["/var/lib/rabbitmq"], lacksHealthcheck: true),
    // Applications
    "wordpress": KnownImage(
      files: .names([
        "WORDPRESS_DB_HOST", "WORDPRESS_DB_NAME", "WORDPRESS_DB_PASSWORD", "WORDPRESS_DB_USER", "WORDPRESS_AUTH_KEY",
        "WORDPRESS_SECURE_AUTH_KEY", "WORDPRESS_LOGGED_IN_KEY", "WORDPRESS_NONCE_KEY", "WORDPRESS_AUTH_SALT", "WORDPRESS_SECURE_AUTH_SALT",
        "WORDPRESS_LOGGED_IN_SALT", "WORDPRESS_NONCE_SALT",
      ])),
    "nextcloud": KnownImage(
      files: .names([
        "MYSQL_DATABASE", "MYSQL_PASSWORD", "MYSQL_USER", "NEXTCLOUD_ADMIN_PASSWORD", "NEXTCLOUD_ADMIN_USER", "POSTGRES_DB",
        "POSTGRES_PASSWORD", "POSTGRES_USER",
      ])),
    "phpmyadmin": KnownImage(files: .names(["MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "PMA_PASSWORD"])),
    "grafana/grafana": KnownImage(files: .prefix("GF_", suffix: "__FILE")),
    "grafana/grafana-oss": KnownImage(files: .prefix("GF_", suffix: "__FILE")),
    "grafana/grafana-enterprise": KnownImage(files: .prefix("GF_", suffix: "__FILE")),
    "gitea/gitea": KnownImage(files: .prefix("GITEA__", suffix: "__FILE")),
    // Bases
    "alpine": KnownImage(lacksHealthcheck: true, lacks: ["curl"]),
    "busybox": KnownImage(lacksHealthcheck: true, lacks: ["curl"]),
    "debian": KnownImage(lacksHealthcheck: true, lacks: both),
    "ubuntu": KnownImage(lacksHealthcheck: true, lacks: both),
    "python": KnownImage(lacksHealthcheck: true, alpineLacks: ["curl"], slimLacks: both),
    "node": KnownImage(lacksHealthcheck: true, alpineLacks: ["curl"], slimLacks: both),
    "nginx": KnownImage(lacksHealthcheck: true),
    "httpd": KnownImage(lacksHealthcheck: true),
    "traefik": KnownImage(lacksHealthcheck: true),
    "caddy": KnownImage(lacksHealthcheck: true),
    "prom/prometheus": KnownImage(lacksHealthcheck: true, lacks: ["curl"]),
  ]
}

/// Which variables an image also takes as the path of a file, and how those are named.
enum FileVariables: Sendable {
  case none
  /// These, with `_FILE` behind.
  case names(Set<String>)
  /// All that start so, with the suffix behind.
  case prefix(String, suffix: String)
  /// Any, with this before its name.
  case behind(String)

  /// `MYSQL_PASSWORD_FILE`; nil: the image has none.
  func variable(for name: String) -> String? {
    switch self {
    case .none: nil
    case .names(let names): names.contains(name) ? name + "_FILE" : nil
    case .behind(let prefix): prefix + name
    case .prefix(let prefix, let suffix): name.hasPrefix(prefix) ? name + suffix : nil
    }
  }
}
