public import OCI
public import StackModel

/// Linux's signals by name (`signal(7)`, x86 and ARM numbers).
private let signals: [String: Int32] = [
  "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10, "SEGV": 11,
  "USR2": 12,
  "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17, "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22,
  "URG": 23,
  "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27, "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31, "RTMIN": 34, "RTMAX": 64,
]

/// The number of a signal: `SIGTERM`, `term`, `15`, `RTMIN+3`, `SIGRTMAX-1`. Nil when there is no such signal.
public func signalNumber(_ text: String) -> Int32? {
  if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
  var name = text.uppercased()
  if name.hasPrefix("SIG") { name.removeFirst(3) }
  if let number = signals[name] { return number }
  if name.hasPrefix("RTMIN+"), let offset = Int32(name.dropFirst(6)), (0...30).contains(offset) { return 34 + offset }
  if name.hasPrefix("RTMAX-"), let offset = Int32(name.dropFirst(6)), (0...30).contains(offset) { return 64 - offset }
  return nil
}

/// The signal that asks the container to end: the service's, else the image's, else SIGTERM. `containerPlan` has refused names that do not exist.
public func stopSignal(_ spec: ContainerSpec, _ image: ImageConfig) -> Int32 {
  (spec.options.stopSignal ?? image.config?.stopSignal).flatMap(signalNumber) ?? 15
}

/// Throws when a signal that the service names does not exist.
func checkStopSignal(_ options: ContainerOptions) throws(SetupError) {
  if let name = options.stopSignal, signalNumber(name) == nil {
    throw SetupError("stop_signal: \(name) is not a signal", hint: "write SIGTERM, SIGRTMIN+3 or a number from 1 to 64")
  }
  if case .signal(let name) = options.onSecretChange, signalNumber(name) == nil {
    throw SetupError("x-muster.on_secret_change: \(name) is not a signal", hint: "write signal SIGHUP, or a number from 1 to 64")
  }
}
