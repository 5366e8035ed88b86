import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import OCI
import Reconciler
import StackModel
import Terminal

/// `muster image …`: the engine's images.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Manage the engine's images.",
    subcommands: [ImageImport.self, ImageLs.self, ImagePull.self, ImagePush.self, ImageRm.self, ImageTag.self])
}
