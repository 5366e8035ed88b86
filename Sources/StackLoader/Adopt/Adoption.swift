public import Diagnostics

/// Which variables of a service are to become secrets, and how.
public struct AdoptionRequest: Sendable {
  /// Where the values are kept.
  public enum Place: Sendable, Hashable {
    /// The engine's store: `external: true`.
    case store
    /// Files in this directory (absolute), one a secret: `file: …`.
    case directory(String)
  }
  /// What the image runs, for a wrapper around it.
  public struct ImageProcess: Sendable, Equatable {
    public var entrypoint: [String]
    public var command: [String]
    public init(entrypoint: [String], command: [String]) {
      self.entrypoint = entrypoint
      self.command = command
    }
  }
  public var stack: LoadRequest
  public var service: String
  /// None: those in which the linter finds a password written (MU0601).
  public var variables: [String]
  /// The secret's key in the stack; nil: made of the variable's name. For one variable only.
  public var name: String?
  public var place: Place
  /// Where the image takes no file for a variable, a shell reads it before the program starts.
  public var usesWrapper: Bool
  /// nil: the image is not known here.
  public var imageProcess: ImageProcess?

  public init(
    stack: LoadRequest, service: String, variables: [String], name: String? = nil, place: Place = .store, usesWrapper: Bool = false,
    imageProcess: ImageProcess? = nil
  ) {
    self.stack = stack
    self.service = service
    self.variables = variables
    self.name = name
    self.place = place
    self.usesWrapper = usesWrapper
    self.imageProcess = imageProcess
  }
}

/// What adopting variables would make of the stack's files, and the values to keep. Nothing is written yet.
public struct Adoption: Sendable {
  public struct Secret: Sendable {
    public var variable: String
    /// In the stack.
    public var key: String
    /// In the engine's store; nil: it is kept in a file.
    public var storedName: String?
    /// Absolute.
    public var path: String?
    /// `MYSQL_ROOT_PASSWORD_FILE`; nil: a wrapper gives it to the program.
    public var fileVariable: String?
    /// Where the container finds it.
    public var target: String
    public var value: [UInt8]
  }
  public struct File: Sendable {
    public var rewriting: Rewriting.File
    /// Before and after for people: every value beside a secret's name is `***`.
    public var shownBefore: String
    public var shownAfter: String
  }
  public var secrets: [Secret] = []
  public var files: [File] = []
  /// What is left to do or to know, in sentences; without values.
  public var notes: [String] = []
}

/// Why a variable is not adopted. Never holds a value.
public struct AdoptionRefusal: Error, Equatable, Sendable {
  public var message: String
  public var hint: String?
  /// What is wrong with the files.
  public var diagnostics: [Diagnostic] = []
  init(_ message: String, hint: String? = nil, diagnostics: [Diagnostic] = []) {
    self.message = message
    self.hint = hint
    self.diagnostics = diagnostics
  }
}
