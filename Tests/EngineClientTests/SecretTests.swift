import Backend
import EngineClient
import EngineWire
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct SecretTests {
  @Test func `secrets come back as they were`() async throws {
    let backend = FakeBackend()
    try await served(backend) { client async throws in
      #expect(try await client.secrets() == backend.secrets())
      #expect(try await client.secret("db") == FakeBackend.secret)
      await #expect(throws: EngineError(.notFound, "there is no secret \"a/b c\"", hint: "make it")) { try await client.secret("a/b c") }
      #expect(try await client.createSecret("db", .bytes([0, 255, 10]), labels: ["a": "b"]) == FakeBackend.secret)
      _ = try await client.createSecret("g", .generated(length: 9, charset: "hex"), labels: [:])
      #expect(try await client.rotateSecret("db", .bytes([1])).containers.first?.detail == "SIGHUP")
      _ = try await client.rotateSecret("db", .version(2))
      _ = try await client.rotateSecret("db", .generated(length: 4, charset: "digits"))
      try await client.labelSecret("db", ["x": "y"])
      try await client.removeSecret("db")
      await #expect(throws: EngineError(.conflict, "in use by shop-web-1")) { try await client.removeSecret("busy") }
      #expect(try await client.rotateSecretKey(to: nil) == SecretKeyChange(source: "file:/k", count: 4, leftOut: ["x"]))
      _ = try await client.rotateSecretKey(to: "file:/other")
    }
    #expect(
      backend.asked.withLock { $0 } == [
        "create db bytes([0, 255, 10]) [\"a\": \"b\"]", "create g generated(length: 9, charset: \"hex\") [:]", "rotate db bytes([1])",
        "rotate db version(2)", "rotate db generated(length: 4, charset: \"digits\")", "label db [\"x\": \"y\"]", "remove db", "key -",
        "key file:/other",
      ])
  }

  /// Docker Engine API, "Secret".
  @Test func `Docker's clients find what they know`() async throws {
    let backend = FakeBackend()
    try await served(backend) { client async throws in
      let made = try await curl(client, "POST", "/secrets/create", #"{"Name":"db","Labels":{"a":"b"},"Data":"aHVudGVyMg=="}"#)
      #expect(made.status == 201 && made.body["ID"] as? String == "abcdefghijklmnopqrstuvwxy")
      let found = try await curl(client, "GET", "/secrets/db")
      #expect((found.body["Spec"] as? [String: Any])?["Name"] as? String == "db")
      #expect((found.body["Version"] as? [String: Any])?["Index"] as? Int == 2)
      #expect(
        found.body["CreatedAt"] as? String == "2023-11-14T22:13:20Z"
          || (found.body["CreatedAt"] as? String)?.hasPrefix("2023-11-14T22:13:20") == true)
      #expect((found.body["Spec"] as? [String: Any])?["Data"] == nil && found.body["Data"] == nil)
      #expect(try await curl(client, "GET", "/secrets/none").status == 404)
      #expect(try await curl(client, "DELETE", "/secrets/db").status == 204)
      #expect(try await curl(client, "DELETE", "/secrets/busy").status == 409)
      #expect(try await curl(client, "POST", "/secrets/create", #"{"Name":"taken","Data":"YQ=="}"#).status == 409)
      #expect(try await curl(client, "POST", "/secrets/create", #"{"Name":"db"}"#).status == 400)
      #expect(try await curl(client, "POST", "/secrets/create", #"{"Name":"db","Data":"%%%"}"#).status == 400)
      #expect(try await curl(client, "POST", "/secrets/db/update?version=2", #"{"Name":"db","Labels":{"c":"d"}}"#).status == 200)
      #expect(try await curl(client, "POST", "/secrets/db/update", #"{"Data":"YQ=="}"#).status == 400, "values are rotated")
    }
    #expect(backend.asked.withLock { $0 }.first == "create db bytes([104, 117, 110, 116, 101, 114, 50]) [\"a\": \"b\"]")
  }

  @Test(arguments: [
    ("", ["db", "mail"]), (#"{"name":["d"]}"#, ["db"]), (#"{"name":{"mail":true,"db":false}}"#, ["mail"]), (#"{"label":["team"]}"#, ["db"]),
    (#"{"label":["team=shop"],"id":["abc"]}"#, ["db"]), (#"{"label":["team=x"]}"#, []), (#"{"id":["z"]}"#, ["mail"]),
    (#"{"name":["d","m"]}"#, ["db", "mail"]), (#"{"name":["d"],"label":["none"]}"#, []),
  ])
  func `lists are filtered`(filters: String, names: [String]) async throws {
    try await served { client async throws in
      let query = filters.isEmpty ? "" : "?filters=" + filters.percentEncoded
      let found = try await curl(client, "GET", "/secrets" + query)
      #expect(found.list.compactMap { ($0["Spec"] as? [String: Any])?["Name"] as? String } == names)
    }
  }

  @Test func `filters that are none are refused`() async throws {
    try await served { client async throws in
      for filters in [#"{"size":["1"]}"#, "[]", "{"] {
        #expect(try await curl(client, "GET", "/secrets?filters=" + filters.percentEncoded).status == 400, "\(filters)")
      }
    }
    #expect(throws: EngineError.self) { try SecretFilter(arguments: ["name"]) }
    #expect(throws: EngineError.self) { try SecretFilter(arguments: ["driver=x"]) }
    #expect(try SecretFilter(arguments: ["name=a", "name=b", "label=k=v"]).values == ["name": ["a", "b"], "label": ["k=v"]])
  }
}

/// What any HTTP client gets: status and JSON.
private struct RawAnswer {
  var status: Int
  private var json: Any?
  var body: [String: Any] { json as? [String: Any] ?? [:] }
  var list: [[String: Any]] { json as? [[String: Any]] ?? [] }
  init(status: Int, text: String) {
    self.status = status
    json = try? JSONSerialization.jsonObject(with: Data(text.utf8))
  }
}

private func curl(_ client: EngineClient, _ method: String, _ target: String, _ body: String? = nil) async throws -> RawAnswer {
  var command = [
    "curl", "--silent", "--show-error", "--unix-socket", client.socket, "--request", method, "--write-out",
    "\n%{http_code}",
  ]
  if let body { command += ["--header", "Content-Type: application/json", "--data", body] }
  let outcome = try await run(command + ["http://muster" + target]).expect()
  let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
  return RawAnswer(status: Int(lines.last ?? "") ?? 0, text: lines.dropLast().joined(separator: "\n"))
}
