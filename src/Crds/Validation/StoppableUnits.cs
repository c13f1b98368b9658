using System.Text.RegularExpressions;

namespace Latlab.Crds.Validation;

/// <summary>
/// Units of systemd that may be stopped: services and timers, none of which the node, or the way to it, depends on. Operator and agent
/// both ask here.
/// </summary>
public static partial class StoppableUnits
{
    /// <summary>Form of a unit's name: it becomes an argument, and never an option.</summary>
    public const string Pattern = @"^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,199}\.(service|timer)$";

    /// <summary>
    /// Beginnings of names that are never stopped: without them the node is lost, to Kubernetes or to its administrators.
    /// </summary>
    private static readonly string[] Kept =
    [
        "kubelet", "kube-", "k3s", "rke2", "k0s", "microk8s", "containerd", "crio", "cri-o", "cri-docker", "docker", "podman", "runc",
        "ssh", "dropbear", "dbus", "systemd-", "networking", "network", "NetworkManager", "ifup", "dhc", "wpa_supplicant", "wicked",
        "netplan", "connman", "iwd", "firewalld", "nftables", "iptables", "ip6tables", "ufw", "ebtables", "ipset", "openvswitch",
        "ovs-", "ovn", "getty", "serial-getty", "console-getty", "user@", "user-runtime-dir", "polkit", "sssd", "nslcd", "winbind",
        "autofs", "lvm2", "dm-event", "multipath", "iscsi", "open-iscsi", "mdmonitor", "mdadm", "zfs-mount", "zfs-import", "nfs", "rpc",
        "ceph", "gluster", "corosync", "pacemaker", "drbd", "snap.", "wg-quick", "wireguard", "tailscale", "headscale", "openvpn",
        "openconnect", "vpnc", "strongswan", "ipsec", "libreswan", "charon", "zerotier", "nebula", "netbird", "netclient",
        "cloudflared", "teleport", "ppp", "xl2tpd", "flannel", "calico", "cilium", "amazon-ssm-agent", "google-guest-agent",
        "walinuxagent", "waagent", "cloud-", "ignition", "emergency", "rescue", "initrd", "plymouth", "apparmor", "auditd",
        "udev", "dnsmasq", "unbound", "named", "bind9", "keepalived", "haproxy", "bird", "frr", "etcd", "libvirt", "virtqemud", "qemu-guest-agent", "latlab",
    ];

    /// <summary>Whether a text is the name of a service or a timer.</summary>
    public static bool IsUnit(string unit) => Unit().IsMatch(unit);

    /// <summary>What is wrong with a unit to stop; null when nothing is.</summary>
    public static Refusal? Check(string unit, string field)
    {
        if (!IsUnit(unit))
        {
            return new(field, unit, "is no name of a service or a timer", "write one as systemctl list-units does, e.g. "
                + "fwupd-refresh.timer");
        }

        return Kept.FirstOrDefault(kept => unit.StartsWith(kept, StringComparison.Ordinal)) is { } one
            ? new(field, unit, $"begins with {one}, and the node, or the way to it, may depend on it", "take it out of the spec, and "
                + "stop it on the node yourself if you must")
            : null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,199}\.(service|timer)\z")]
    private static partial Regex Unit();
}
