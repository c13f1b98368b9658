using System.Globalization;
using System.Text.Json.Serialization;
using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.Experiments;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>
/// The pods of a run, pure. They sit in the node's network (that is where its wires and ports are), without an API token, without exec
/// probes.
/// </summary>
internal static class RunPods
{
    private const string TerminationMessage = "/dev/termination-log";

    public static V1Pod Build(RunRole role, V1Alpha1LatencyRun run, OperatorSettings settings) => role switch
    {
        RunRole.Meter => Meter(run, settings),
        RunRole.Forwarder => Forwarder(run, run.Spec.Forwarder!, settings),
        _ => Generator(run, settings),
    };

    /// <summary>Directory on the node that this run's files go to.</summary>
    public static string ArtifactsPath(V1Alpha1LatencyRun run, OperatorSettings settings) => $"{settings.ArtifactsPath.TrimEnd('/')}/{run.Metadata.Uid}";

    private static V1Pod Meter(V1Alpha1LatencyRun run, OperatorSettings settings)
    {
        List<string> command =
        [
            "meter",
            "--ingress", Device(run, run.Spec.Measurement.Taps.Ingress),
            "--egress", Device(run, run.Spec.Measurement.Taps.Egress),
            "--run-id", RunPodNames.PacketRunId(run.Metadata.Uid),
            "--window", run.Spec.Measurement.Window,
            "--deadline", Seconds(RunDeadlines.Meter(run.Spec)),
            "--probe", Device(run, run.Spec.Traffic.Interface),
            "--probe-size", Number(run.Spec.Traffic.FrameSize),
            "--listen", $"127.0.0.1:{settings.MeterPort}",
            "--report", TerminationMessage,
        ];
        var container = Container(settings.RunImage, command, settings);
        container.Resources = MemoryOnly(settings.MeterMemoryMiB);
        container.ReadinessProbe = Probe("/readyz", settings);
        var pod = Pod(RunRole.Meter, run, container, settings);
        if (run.Spec.Artifacts?.Pcap == true)
        {
            container.Args = [.. container.Args, "--pcap", "/artifacts"];
            container.VolumeMounts = [new V1VolumeMount { Name = "artifacts", MountPath = "/artifacts" }];
            pod.Spec.Volumes = [new V1Volume { Name = "artifacts", HostPath = new V1HostPathVolumeSource { Path = ArtifactsPath(run, settings), Type = "DirectoryOrCreate" } }];
        }

        return pod;
    }

    private static V1Pod Forwarder(V1Alpha1LatencyRun run, ForwarderSpec forwarder, OperatorSettings settings)
    {
        List<string> command = ["forward", "--mode", ModeName(forwarder.Mode)];
        foreach (var port in forwarder.Ports)
        {
            command.AddRange(["--port", Device(run, port.Interface)]);
        }

        // Without hugepages half of the memory is DPDK's; the rest is testpmd itself and the packet rings.
        var memory = forwarder.HugePages is { } pages ? HugePages.Bytes(pages) / HugePages.MiB : forwarder.MemoryMiB / 2;
        command.AddRange(["--cpus", Number(forwarder.Cpus), "--memory-mib", Number(memory), "--file-prefix", "latlab", "--report", TerminationMessage]);
        if (forwarder.HugePages is not null)
        {
            command.Add("--hugepages");
        }

        var container = Container(forwarder.Image ?? settings.ForwarderImage, command, settings);
        // Guaranteed with whole CPUs: kubelet's static CPU manager then makes them exclusive.
        var resources = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new ResourceQuantity(Number(forwarder.Cpus)),
            ["memory"] = new ResourceQuantity(Number(forwarder.MemoryMiB) + "Mi"),
        };
        if (forwarder.HugePages is { } hugePages)
        {
            resources["hugepages-" + hugePages.Size] = new ResourceQuantity(Number(HugePages.Bytes(hugePages)));
            container.VolumeMounts = [new V1VolumeMount { Name = "hugepages", MountPath = "/dev/hugepages" }];
        }

        container.Resources = new V1ResourceRequirements { Requests = resources, Limits = resources };
        container.SecurityContext.Capabilities.Add = Rights(forwarder);
        // kubelet asks the meter, which sends a probe frame through the forwarder: nothing runs on the pinned CPU but testpmd, and the
        // answer is about the whole path.
        container.ReadinessProbe = Probe("/forwarding", settings);
        var pod = Pod(RunRole.Forwarder, run, container, settings);
        // Some releases of testpmd 22.11 end by raising the signal again with its default action, which the kernel ignores for PID 1: let
        // the pause container be that.
        pod.Spec.ShareProcessNamespace = true;
        pod.Spec.Volumes = forwarder.HugePages is { } size
            ? [new V1Volume { Name = "hugepages", EmptyDir = new V1EmptyDirVolumeSource { Medium = "HugePages-" + size.Size } }]
            : null;
        return pod;
    }

    /// <summary>
    /// DPDK's af_packet driver locks its rings in memory (MAP_LOCKED), which a container's limit forbids, and sets the port's address and
    /// promiscuous mode when it starts one (SIOCSIFHWADDR, SIOCSIFFLAGS); without these rights the port does not start. With hugepages it
    /// asks for the NUMA node of each page (get_mempolicy, mbind), which the container runtimes' seccomp profile allows with SYS_NICE only.
    /// </summary>
    private static IList<string> Rights(ForwarderSpec forwarder) =>
        forwarder.HugePages is null ? ["IPC_LOCK", "NET_ADMIN", "NET_RAW"] : ["IPC_LOCK", "NET_ADMIN", "NET_RAW", "SYS_NICE"];

    private static V1Pod Generator(V1Alpha1LatencyRun run, OperatorSettings settings)
    {
        var traffic = run.Spec.Traffic;
        List<string> command =
        [
            "generate",
            "--interface", Device(run, traffic.Interface),
            "--run-id", RunPodNames.PacketRunId(run.Metadata.Uid),
            "--rate", Number(traffic.Rate),
            "--frame-size", Number(traffic.FrameSize),
            "--flows", Number(traffic.Flows),
            "--warm-up", traffic.WarmUp,
            "--duration", traffic.Duration,
            "--report", TerminationMessage,
        ];
        var container = Container(settings.RunImage, command, settings);
        container.Resources = MemoryOnly(settings.GeneratorMemoryMiB);
        return Pod(RunRole.Generator, run, container, settings);
    }

    private static V1Pod Pod(RunRole role, V1Alpha1LatencyRun run, V1Container container, OperatorSettings settings) => new()
    {
        ApiVersion = V1Pod.KubeApiVersion,
        Kind = V1Pod.KubeKind,
        Metadata = new V1ObjectMeta
        {
            Name = RunPodNames.For(role, run.Metadata.Uid),
            NamespaceProperty = settings.RunsNamespace,
            Finalizers = [RunPodNames.Finalizer],
            Labels = new Dictionary<string, string>
            {
                ["app.kubernetes.io/name"] = "latlab",
                ["app.kubernetes.io/component"] = RunPodNames.RoleValue(role),
                [ApiGroup.RunUidLabel] = run.Metadata.Uid,
                [ApiGroup.RoleLabel] = RunPodNames.RoleValue(role),
            },
            Annotations = new Dictionary<string, string> { [RunReference.Annotation] = RunReference.To(run) },
        },
        Spec = new V1PodSpec
        {
            Containers = [container],
            RestartPolicy = "Never",
            HostNetwork = true,
            DnsPolicy = "Default",
            ServiceAccountName = "latlab-run",
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            TerminationGracePeriodSeconds = (long)RunDeadlines.PodGrace.TotalSeconds,
            // The scheduler, not we, binds the pod: it knows whether the node has the CPUs.
            Affinity = new V1Affinity
            {
                NodeAffinity = new V1NodeAffinity
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector
                    {
                        NodeSelectorTerms =
                        [
                            new V1NodeSelectorTerm
                            {
                                MatchFields = [new V1NodeSelectorRequirement { Key = "metadata.name", OperatorProperty = "In", Values = [run.Spec.NodeName] }],
                            },
                        ],
                    },
                },
            },
            Tolerations = [new V1Toleration { OperatorProperty = "Exists" }],
        },
    };

    private static V1Container Container(string image, IList<string> args, OperatorSettings settings) => new()
    {
        Name = RunPodNames.Container,
        Image = image,
        ImagePullPolicy = settings.ImagePullPolicy,
        Args = args,
        TerminationMessagePath = TerminationMessage,
        TerminationMessagePolicy = "File",
        SecurityContext = new V1SecurityContext
        {
            // Raw sockets need the capability, and a capability needs root: Kubernetes cannot give an ambient one.
            RunAsUser = 0,
            AllowPrivilegeEscalation = false,
            Capabilities = new V1Capabilities { Drop = ["ALL"], Add = ["NET_RAW"] },
            SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
        },
    };

    private static V1Probe Probe(string path, OperatorSettings settings) => new()
    {
        HttpGet = new V1HTTPGetAction { Host = "127.0.0.1", Port = settings.MeterPort, Path = path },
        PeriodSeconds = 1,
        TimeoutSeconds = 1,
        FailureThreshold = 3,
    };

    /// <summary>No CPU request: on a small node all that can be requested belongs to the forwarder.</summary>
    private static V1ResourceRequirements MemoryOnly(int mebibytes) => new()
    {
        Requests = new Dictionary<string, ResourceQuantity> { ["memory"] = new(Number(Math.Min(mebibytes, 64)) + "Mi") },
        Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(Number(mebibytes) + "Mi") },
    };

    private static string Device(V1Alpha1LatencyRun run, string name) => run.Spec.Interfaces.First(i => i.Name == name).Device;

    private static string ModeName(ForwardingMode mode) =>
        typeof(ForwardingMode).GetField(mode.ToString())!.GetCustomAttributes(typeof(JsonStringEnumMemberNameAttribute), false)
            .Cast<JsonStringEnumMemberNameAttribute>().Single().Name;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => Number((long)Math.Ceiling(time.TotalSeconds)) + "s";
}
