/// Where text goes: standard output, a pipe, or a test's buffer. Called with whole pieces, never concurrently by one view.
public typealias TextSink = @Sendable (String) -> Void
