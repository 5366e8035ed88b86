/// One of the stack's `models`: an AI model that a runner serves.
public struct Model: Sendable, Codable, Equatable {
  /// `model`: the artifact's reference.
  public var reference: String
  /// `name`, when it is not the key.
  public var name: String?
  /// `context_size`: in tokens.
  public var contextSize: Int?
  /// `runtime_flags`: arguments of the inference engine.
  public var flags: [String]
  public init(reference: String, name: String? = nil, contextSize: Int? = nil, flags: [String] = []) {
    self.reference = reference
    self.name = name
    self.contextSize = contextSize
    self.flags = flags
  }
}

/// A service's use of a model: the variables that tell it where and which.
public struct ModelGrant: Sendable, Codable, Equatable {
  /// `endpoint_var`; nil: `MODEL_URL` after the model's key.
  public var endpointVariable: String?
  /// `model_var`; nil: `MODEL` after the model's key.
  public var modelVariable: String?
  public init(endpointVariable: String? = nil, modelVariable: String? = nil) {
    self.endpointVariable = endpointVariable
    self.modelVariable = modelVariable
  }
}
