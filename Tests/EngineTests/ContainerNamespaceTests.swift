import Glibc
import LinuxKit
import TestSupport
import Testing

@testable import Engine

@Suite struct ContainerNamespaceTests {
  /// What is done in a container's network is done there, and no thread of the engine is in it afterwards: one that a visitor starts would be,
  /// and everybody's tasks would run on it. The pool starts one when those it had have ended, after some seconds without work.
  @Test func nobodyStaysInAContainersNetwork() async throws {
    let child = try Child(
      ["unshare", "--net", "sh", "-c", "echo there; exec sleep 1000"], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    defer { child.signal(SIGKILL) }
    try await child.shows("there")
    let namespace = try #require(linkTarget("/proc/\(child.pid)/ns/net"))
    let place = try await ContainerNamespace(pid: child.pid).inside {
      sleep(7)
      return linkTarget("/proc/thread-self/ns/net")
    }
    #expect(place == namespace)
    let threads = names(in: "/proc/self/task")
    #expect(threads.count > 1)
    #expect(threads.filter { linkTarget("/proc/self/task/\($0)/ns/net") == namespace } == [])
  }
}
