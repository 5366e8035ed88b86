import Backend
import EngineWire
import FoundationEssentials
import Hummingbird

/// Docker's `GET /secrets?filters=`, `POST /secrets/create`, `GET /secrets/{id}`, `POST /secrets/{id}/update`, `DELETE /secrets/{id}`, and of our own
/// `POST /secrets/{id}/rotate` and `POST /secrets/rotate-key`. No answer has a secret's data.
func addSecretRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("secrets") { request, _ in
    let filter = try SecretFilter(try filters(request))
    return try jsonResponse(try await backend.secrets().filter(filter.matches).map(SecretObject.init))
  }
  router.get("secrets/:id") { _, context in
    try jsonResponse(SecretObject(try await backend.secret(try pathName("id", of: "secret", context))))
  }
  router.post("secrets/create") { request, _ in
    var request = request
    let asked = try await decodeBody(SecretSpec.self, &request)
    guard let value = try value(asked.Data, asked.Generate, nil) else { throw EngineError(.invalid, "the request's body lacks Data") }
    let made = try await backend.createSecret(asked.Name ?? "", value, labels: asked.Labels ?? [:])
    var response = try jsonResponse(SecretObject(made))
    response.status = .created
    return response
  }
  router.post("secrets/:id/update") { request, context in
    var request = request
    let asked = try await decodeBody(SecretSpec.self, &request)
    // As Docker has it: a value is changed by `rotate` alone.
    guard asked.Data == nil, asked.Generate == nil else {
      throw EngineError(.invalid, "only labels can be updated", hint: "another value: POST /secrets/{id}/rotate")
    }
    try await backend.labelSecret(try pathName("id", of: "secret", context), asked.Labels ?? [:])
    return Response(status: .ok)
  }
  router.post("secrets/rotate-key") { request, _ in
    var request = request
    let asked = try await decodeBody(SecretKeyRequest.self, &request)
    return try jsonResponse(try await backend.rotateSecretKey(to: asked.Source))
  }
  router.post("secrets/:id/rotate") { request, context in
    var request = request
    let asked = try await decodeBody(SecretRotationRequest.self, &request)
    guard let value = try value(asked.Data, asked.Generate, asked.Version) else {
      throw EngineError(.invalid, "the request's body has neither Data, Generate nor Version")
    }
    return try jsonResponse(try await backend.rotateSecret(try pathName("id", of: "secret", context), value))
  }
  router.delete("secrets/:id") { _, context in
    try await backend.removeSecret(try pathName("id", of: "secret", context))
    return Response(status: .noContent)
  }
}

private func value(_ data: Data?, _ generate: SecretGeneration?, _ version: Int?) throws(EngineError) -> SecretValue? {
  guard [data != nil, generate != nil, version != nil].filter({ $0 }).count <= 1 else {
    throw EngineError(.invalid, "a secret has one value: Data, Generate or Version")
  }
  if let data { return .bytes(Array(data)) }
  if let generate { return .generated(length: generate.Length, charset: generate.Charset) }
  return version.map { .version($0) }
}
