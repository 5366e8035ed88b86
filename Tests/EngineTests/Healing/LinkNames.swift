@testable import Networking

/// The host's end of a container's interface.
func vethName(of endpoint: Endpoint, suffix: String) -> String { KernelNames(suffix: suffix).veth(endpoint) }
