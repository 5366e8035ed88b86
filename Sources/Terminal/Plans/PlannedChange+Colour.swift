import Reconciler

extension PlannedChange.Kind {
  var colour: Style.Colour {
    switch self {
    case .pull, .push, .build, .create: .green
    case .recreate, .replace, .restart, .update, .start, .stop, .kill: .yellow
    case .remove: .red
    case .wait: .faint
    }
  }
}
