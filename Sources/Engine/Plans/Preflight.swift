import Backend
import ContainerSetup
import Diagnostics
import ImageStore
import LinuxKit
import Networking
import Reconciler
import StackModel

/// Throws what is in a plan's way.
typealias PreflightCheck = @Sendable () async throws -> Void

extension LocalBackend {
  /// Looks for what would fail half way, before anything is made: networks that this machine cannot have, ports in use, bind sources that are missing,
  /// containers and images that something is taken of.
  func preflight(_ plan: Plan, stack: Stack?) async throws {
    for check in await checks(of: plan, stack: stack, isTrial: false) { try await check() }
  }

  /// The plan with notes of all that `preflight` would refuse it for now, as far as that can be known with nothing changed.
  func noted(_ plan: Plan, stack: Stack?) async -> Plan {
    var plan = plan
    for check in await checks(of: plan, stack: stack, isTrial: true) {
      do {
        try await check()
      } catch let error as EngineError {
        let note = "it would be refused: \(error)" + (error.hint.map { "; \($0)" } ?? "")
        if !plan.notes.contains(note) { plan.notes.append(note) }
      } catch {
        // What could not be looked at is not known to be in the way.
      }
    }
    return plan
  }

  /// What is looked at, each for itself. `isTrial`: without a trace on this machine; what only an attempt would tell is passed over.
  private func checks(of plan: Plan, stack: Stack?, isTrial: Bool) async -> [PreflightCheck] {
    let parts = PlanParts(plan)
    let created = parts.created
    var checks: [PreflightCheck] = parts.networks.map { network in
      { try await self.checkParent(of: network, planned: parts.networks, isTrial: isTrial) }
    }
    for spec in created {
      let origin = stack?.services[spec.service]?.origin
      checks.append { try await self.checkName(of: spec, leaving: parts.leaving, origin: origin) }
      checks.append { try self.checkLimits(of: spec, origin: origin) }
      checks.append { try self.checkSetup(of: spec, origin: origin) }
      checks.append { try self.checkRootSize(of: spec, origin: origin, isTrial: isTrial) }
      checks += spec.options.mounts.map { mount in { try checkBindSource(of: mount, spec, origin: origin) } }
    }
    for spec in created { checks.append { try await self.checkVolumes(of: spec, stack: stack) } }
    for spec in parts.updated { checks.append { try self.checkLimits(of: spec, origin: stack?.services[spec.service]?.origin) } }
    for spec in created { checks.append { try await self.checkSharing(of: spec, parts, stack: stack) } }
    checks += await portChecks(of: parts, stack: stack, isTrial: isTrial)
    for spec in created { checks.append { try await self.checkLinks(of: spec, coming: parts.names, stack: stack) } }
    for spec in created { checks.append { try await self.checkInitImages(of: spec, parts, stack: stack) } }
    return checks
  }

  /// Of a network of others: whether the kernel knows its driver, and its parent is there.
  private func checkParent(of network: Network, planned: [Network], isTrial: Bool) async throws {
    do { try await networking.checkParent(of: network, planned: planned, loadsModules: !isTrial) } catch let error as NetworkingError {
      throw EngineError(error.isInvalid ? .invalid : .conflict, error.description)
    }
  }

  private func checkName(of spec: ContainerSpec, leaving: Set<String>, origin: SourceRange?) async throws {
    guard let holder = await containers.find(name: spec.name), !leaving.contains(spec.name) else { return }
    throw EngineError(
      .conflict, subject: spec.service.rawValue, "the container name \"\(spec.name)\" is already in use by \(holder.id.short)",
      hint: "remove that container, or choose another container_name", origin: origin)
  }

  private func checkLimits(of spec: ContainerSpec, origin: SourceRange?) throws(EngineError) {
    do throws(SetupError) { try ContainerSetup.checkLimits(spec.options.resources) } catch {
      throw EngineError(.invalid, subject: spec.service.rawValue, error.message, hint: error.hint, origin: origin)
    }
  }

  private func checkSetup(of spec: ContainerSpec, origin: SourceRange?) throws(EngineError) {
    do throws(SetupError) {
      try checkMountCount(spec.options)
      try checkUserNamespace(spec.options)
    } catch {
      throw EngineError(.invalid, subject: spec.service.rawValue, error.message, hint: error.hint, origin: origin)
    }
  }

  /// A volume whose data somebody has taken away stops no container that still has them.
  private func checkVolumes(of spec: ContainerSpec, stack: Stack?) async throws {
    for mount in spec.options.mounts {
      guard case .volume(let name) = mount.source, let definition = await catalog.volume(name)?.definition else { continue }
      do {
        try checkData(of: definition)
      } catch {
        throw EngineError(
          error.code, subject: spec.service.rawValue, error.message, hint: error.hint, origin: stack?.services[spec.service]?.origin)
      }
    }
  }

  /// A limit of the root file system needs quotas where the containers' files are.
  private func checkRootSize(of spec: ContainerSpec, origin: SourceRange?, isTrial: Bool) throws(EngineError) {
    guard spec.options.rootSize != nil, !ProjectQuota.exist(at: location.root + "/containers", writes: !isTrial) else { return }
    throw EngineError(
      .invalid, subject: spec.service.rawValue, "storage_opt: the file system of \(location.root) has no project quotas",
      hint: "have it on ext4 made with -O project,quota, or on xfs, mounted with prjquota; or remove storage_opt", origin: origin)
  }

  /// Images that only steps of `pre_start` have are told about before the containers are made.
  private func checkInitImages(of spec: ContainerSpec, _ parts: PlanParts, stack: Stack?) async throws {
    for (index, step) in (spec.options.hooks?.beforeStart ?? []).enumerated() {
      guard let image = step.image, !parts.makes(image), await images.resolve(image) == nil else { continue }
      throw EngineError(
        .notFound, subject: spec.service.rawValue, "pre_start[\(index)]: the image \"\(image)\" is not on this machine",
        hint: "import it: muster image import FILE \(image)", origin: stack?.services[spec.service]?.origin)
    }
  }

  /// `external_links` lead to containers that exist, whoever made them.
  private func checkLinks(of spec: ContainerSpec, coming: Set<String>, stack: Stack?) async throws {
    for link in spec.options.externalLinks ?? [] where !coming.contains(link.container) {
      if await containers.find(name: link.container) != nil { continue }
      throw EngineError(
        .notFound, subject: spec.service.rawValue, "external_links: there is no container \"\(link.container)\"",
        hint: "start the stack that has it first", origin: stack?.services[spec.service]?.origin)
    }
  }
}
