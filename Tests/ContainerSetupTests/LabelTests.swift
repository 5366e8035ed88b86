import LinuxKit
import OCI
import StackModel
import Testing

@testable import ContainerSetup

/// S14: labels and annotations are words for people. None becomes an action of the host.
@Suite struct LabelTests {
  private static let keys = [
    "io.containerd.runc.v2.group", "org.systemd.property.ExecStartPre", "io.podman.annotations.privileged",
    "io.kubernetes.cri-o.userns-mode",
    "run.oci.keep_original_groups", "run.oci.hooks.stdout", "run.oci.systemd.subgroup", "module.wasm.image/variant",
    "com.docker.compose.project",
    "muster.project", "muster.service", "muster.seccomp", "x-muster", "security.alpha.kubernetes.io/sysctls",
  ]
  private static let values = ["/bin/sh", "true", "a\nb", "a;b", "kernel.core_pattern=|/bin/sh+net.ipv4.ip_forward=1", "../../etc", ""]

  @Test func changeNothing() throws {
    let plain = try containerPlan(inputs())
    var tried = 0
    for key in Self.keys {
      for value in Self.values {
        let imageLabels = try containerPlan(inputs { $0.image.config?.labels = [key: value] })
        #expect(imageLabels == plain, "\(key)")
        let own = try containerPlan(
          inputs {
            $0.spec.options.labels = [key: value]
            $0.spec.options.annotations = [key: value]
          })
        #expect(own.steps == plain.steps && own.slots == plain.slots && own.limits == plain.limits, "\(key)")
        var spec = own.runtimeSpec
        spec.annotations = nil
        #expect(spec == plain.runtimeSpec, "\(key)")
        tried += 2
      }
    }
    #expect(tried == 196)
  }
}

/// A NUL in a name ends at the one who wrote it, not in the shim, which would take the message for a broken one.
@Suite struct NULTests {
  @Test func isRefusedByName() throws {
    for (key, change) in [
      ("user", { $0.spec.options.user = "root\u{0}" }), ("group_add", { $0.spec.options.groups = ["a\u{0}"] }),
      ("working_dir", { $0.spec.options.workingDirectory = "/a\u{0}" }), ("user", { $0.image.config?.user = "a\u{0}b" }),
      ("sysctls: net.core.somaxconn", { $0.spec.options.sysctls = ["net.core.somaxconn": "1\u{0}"] }),
    ] as [(String, (inout ContainerInputs) -> Void)] {
      #expect(throws: SetupError("\(key): has a NUL byte in it")) { try containerPlan(inputs(change)) }
    }
    #expect(throws: SetupError("user: has a NUL byte in it")) { try execPlan(inputs(), ExecOptions(command: ["id"], user: "root\u{0}")) }
  }
}
