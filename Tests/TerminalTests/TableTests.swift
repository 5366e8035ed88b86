import Backend
import OCI
import Reconciler
import StackModel
import Terminal
import Testing

@Suite struct TableTests {
  private let second: Int64 = 1_000_000_000
  private let image = Digest(hex: String(repeating: "ab", count: 32))!

  private func container(_ name: String, _ state: ContainerState, _ edit: (inout ObservedContainer) -> Void = { _ in }) -> ObservedContainer
  {
    var container = ObservedContainer(
      id: "1", spec: ContainerSpec(project: "shop", service: "web", name: name, image: "nginx:1"), imageID: image, state: state,
      createdAt: 0)
    edit(&container)
    return container
  }

  @Test func volumesThatAreAboutToGo() {
    let volumes = [
      VolumeSummary(name: "shop_data", size: 1_500_000_000, createdAt: 0, isAnonymous: false),
      VolumeSummary(name: "shop_c\u{1B}[2J", size: nil, createdAt: 86_400 * second, isAnonymous: false),
      VolumeSummary(name: "1234", size: 1000, createdAt: 172_000 * second, isAnonymous: true),
      VolumeSummary(name: "5678", size: 500, createdAt: 172_700 * second, isAnonymous: true),
    ]
    let text = VolumeList(volumes: volumes, now: 172_800 * second).text
    #expect(text.hasPrefix("With all data, these volumes go:\n  shop_data"))
    #expect(text.contains("   1.5GB") && text.contains("made 2 days ago") && text.contains("size unknown") && !text.contains("\u{1B}"))
    #expect(text.contains("(2 anonymous)") && text.contains("1.5kB") && text.contains("made 13 minutes ago"), "\(text)")
    #expect(VolumeList(volumes: [volumes[0]], now: 0).text.hasPrefix("With all data, this volume goes:\n"))
  }

  @Test func containersAsDockerComposeListsThem() {
    let web = container("shop-web-1", .running) {
      $0.startedAt = 595 * second
      $0.health = .healthy
      $0.ports = [PortMapping(published: 8080, target: 80), PortMapping(hostAddress: "::1", published: 5353, target: 53, transport: .udp)]
      $0.spec.options.exposedPorts = ["80", "443"]
      $0.command = ["nginx", "-g", "daemon off;", "-c"]
    }
    let job = container("shop-job-1", .exited) {
      $0.exitCode = 3
      $0.finishedAt = 420 * second
      $0.ports = [PortMapping(published: 1, target: 2)]
    }
    #expect(
      Table.containers([job, web], now: 600 * second).render() == """
        NAME         IMAGE     COMMAND                  SERVICE   CREATED          STATUS                     PORTS
        shop-job-1   nginx:1                            web       10 minutes ago   Exited (3) 3 minutes ago
        shop-web-1   nginx:1   "nginx -g daemon off…"   web       10 minutes ago   Up 5 seconds (healthy)     [::1]:5353->53/udp, 0.0.0.0:8080->80/tcp, 443/tcp

        """)
  }

  @Test func whoIsNotWhatTheStackSaysIsToldApart() {
    let one = container("shop-web-1", .running) { $0.outdated = ["image"] }
    let more = container("shop-web-2", .exited) { $0.outdated = ["image", "environment.A", "labels"] }
    #expect(one.statusText(now: 0) == "Up Less than a second, outdated (image)", "\(one.statusText(now: 0))")
    #expect(more.statusText(now: 0) == "Exited (0), outdated (image and 2 more)", "\(more.statusText(now: 0))")
  }

  @Test(arguments: [
    (ContainerState.created, nil as HealthState?, "Created"), (.running, .starting, "Up 10 seconds (health: starting)"),
    (.running, .unhealthy, "Up 10 seconds (unhealthy)"), (.running, nil, "Up 10 seconds"), (.paused, .healthy, "Up 10 seconds (Paused)"),
    (.restarting, nil, "Restarting (1) 5 seconds ago"), (.dead, nil, "Dead"),
  ])
  func states(state: ContainerState, health: HealthState?, text: String) {
    let container = container("c", state) {
      $0.startedAt = 0
      $0.finishedAt = 5 * second
      $0.exitCode = 1
      $0.health = health
    }
    #expect(container.statusText(now: 10 * second) == text)
  }

  @Test func aProcessThatDoesNotEndIsTold() {
    let container = container("c", .running) {
      $0.startedAt = 0
      $0.health = .unhealthy
      $0.stuckPID = 812
    }
    #expect(container.statusText(now: 10 * second) == "Stuck (process 812 does not end)")
    #expect(container.stateText == "stuck")
  }

  @Test func images() {
    let summary = ImageSummary(
      id: image, references: ["registry:5000/team/web:1.2", "debian"], created: "1970-01-01T00:00:00Z", size: 187_400_000)
    let rows = ImageRow.rows(
      of: [ImageSummary(id: image, references: [], created: nil, size: 5), summary], now: 3600 * 24 * 3 * second, isTruncated: true,
      showsDigests: false)
    #expect(
      ImageRow.table(rows, showsDigests: false).render() == """
        REPOSITORY               TAG       IMAGE ID       CREATED      SIZE
        debian                   latest    abababababab   3 days ago   187MB
        registry:5000/team/web   1.2       abababababab   3 days ago   187MB
        <none>                   <none>    abababababab   N/A          5B

        """)
    #expect(
      Table.images(of: [container("shop-web-1", .running)], [summary], now: 60 * second).render() == """
        CONTAINER    REPOSITORY   TAG       IMAGE ID       SIZE      CREATED
        shop-web-1   nginx        1         abababababab   187MB     About a minute ago

        """)
  }

  @Test func cellsCannotDriveTheTerminal() {
    #expect(Table(["A"], rows: [["x\u{1B}[2Jy\nz"]]).render(hasHeadings: false) == "x\\u{1B}[2Jy\\nz\n")
  }
}
