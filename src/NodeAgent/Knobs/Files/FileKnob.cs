using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Files;

/// <summary>One file of the kernel with one value.</summary>
/// <param name="path">The knob's path in the spec.</param>
/// <param name="files">The file; or several, of which kernels have one or the other.</param>
internal sealed class FileKnob(string path, params (string File, AttributeForm Form)[] files) : Knob(path)
{
    public override string Evidence => files[0].File;

    public override KnobReading Read(HostView host)
    {
        foreach (var (file, form) in files)
        {
            switch (host.Files.Read(file))
            {
                case { Text: { } text }:
                    return KnobReading.Of(form.Parse(text.Trim())) with { Source = file };
                case { Problem: { } problem }:
                    return KnobReading.Failed($"{file}: {problem}");
            }
        }

        return KnobReading.Gone(
            $"this node has no {string.Join(" and no ", files.Select(file => file.File))}; take {Path} out of the spec, or run a kernel "
                + "and a machine that have it");
    }

    public override string? Write(HostView host, string value)
    {
        var (file, form) = files.FirstOrDefault(candidate => host.Files.Read(candidate.File).Text is not null, files[0]);
        return host.Files.WriteAttribute(file, form.Format(value)) is { } problem
            ? $"{file}: the kernel refused \"{form.Format(value)}\": {problem}"
            : null;
    }
}
