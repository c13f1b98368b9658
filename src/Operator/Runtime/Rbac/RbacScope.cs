namespace Latlab.Operator.Runtime;

/// <summary>Where a right holds.</summary>
internal enum RbacScope
{
    /// <summary>Everywhere.</summary>
    Cluster,

    /// <summary>In the namespace of the run pods.</summary>
    RunNamespace,

    /// <summary>In the operator's own namespace.</summary>
    OperatorNamespace,

    /// <summary>Everywhere, and only when the administrator lets nodes be rebooted.</summary>
    Reboots,
}
