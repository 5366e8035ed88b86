import Testing

/// Everything that runs the real programs on the real kernel, one scenario after the other: each looks for what it left on the host.
@Suite(.serialized, .timeLimit(.minutes(10))) struct Scenarios {}
