import StackModel

extension ServiceDecoder {
  /// `models`: a list of keys, or a mapping to the variables that tell about them; nil when there is none.
  func models() -> [String: ModelGrant]? {
    guard let written = node["models"], !written.isNull else { return nil }
    var models: [String: ModelGrant] = [:]
    if written.sequence != nil {
      for item in fields.items("models") {
        guard let key = item.text else {
          fields.mistyped("models", item, "a list of models")
          continue
        }
        isDeclared(key, "model", item.place, project.models, section: "models")
        models[key] = ModelGrant()
      }
    } else {
      for entry in fields.members("models") {
        isDeclared(entry.key, "model", entry.keyPlace, project.models, section: "models")
        guard entry.value.mapping != nil else {
          if !entry.value.isNull { fields.mistyped("models.\(entry.key)", entry.value, "a mapping") }
          models[entry.key] = ModelGrant()
          continue
        }
        let inner = fields.inner("models.\(entry.key)", entry.value)
        models[entry.key] = ModelGrant(endpointVariable: inner.text("endpoint_var"), modelVariable: inner.text("model_var"))
      }
    }
    return models.isEmpty ? nil : models
  }
}

extension TopLevelDecoder {
  /// The top-level `models`, by key.
  func models() -> [String: Model] {
    var models: [String: Model] = [:]
    each("models", "model") { key, fields in
      guard let reference = fields.text("model"), !reference.isEmpty else {
        return report.error(
          .invalidValue, fields.node.place, "\(fields.subject) has no model", hint: "model is the artifact's name, as ai/smollm2")
      }
      models[key] = Model(
        reference: reference, name: fields.text("name"), contextSize: fields.integer("context_size", in: 1...1_000_000_000).map(Int.init),
        flags: fields.texts("runtime_flags"))
    }
    return models
  }
}
