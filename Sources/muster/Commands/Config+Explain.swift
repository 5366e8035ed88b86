import StackLoader

extension Config {
  /// `--explain NAME`, as text, or with `--format json` as JSON.
  func explained(_ name: String, _ loaded: LoadedStack, _ context: Context) -> Int32 {
    let explanation = StackLoader.explain(variable: name, in: loaded)
    context.output.write(format == .json ? explanation.json() : explanation.text())
    return 0
  }
}
