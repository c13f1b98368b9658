namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>Hosts that boot by entries of the Boot Loader Specification.</summary>
internal static class EntryTree
{
    public const string Line = "/etc/kernel/cmdline";

    public static string Entry(string name) => $"/boot/loader/entries/{name}.conf";

    /// <summary>The text of an entry.</summary>
    public static string Text(string version, string options) => $"title Linux\nversion {version}\nlinux /vmlinuz-{version}\noptions {options}\ngrub_class fedora";

    /// <summary>Fedora's, with two kernels and a rescue one.</summary>
    public static FakeTree Fedora(string options = "root=UUID=1 ro quiet") => FakeTree.Usual()
        .File("/etc/os-release", "ID=fedora")
        .File("/boot/grub2/grub.cfg", "insmod blscfg\nblscfg")
        .File(Entry("a-6.1.0-test"), Text("6.1.0-test", options))
        .File(Entry("a-6.0.0"), Text("6.0.0", options))
        .File(Entry("a-0-rescue"), Text("0-rescue-4a67b082", options))
        .File(Line, options);

    /// <summary>systemd-boot's, with the running kernel, an older and a newer one.</summary>
    public static FakeTree SystemdBoot(string options = "ro quiet") => WithSystemdBoot(FakeTree.Usual().File("/etc/os-release", "ID=debian"))
        .File(Line, options)
        .File(Entry("6.1.0-test"), Text("6.1.0-test", options))
        .File(Entry("6.0.0"), Text("6.0.0", options))
        .File(Entry("6.10.0"), Text("6.10.0", options));

    /// <summary>The same tree, started by systemd-boot.</summary>
    public static FakeTree WithSystemdBoot(FakeTree tree) => tree
        .File("/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", string.Concat("systemd-boot 252".Select(c => $"{c}\0")))
        .File(Line, "ro");
}
