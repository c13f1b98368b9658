namespace Latlab.Operator.Runtime;

/// <summary>Verbs of a right.</summary>
[Flags]
internal enum RbacVerb
{
    None = 0,
    Get = 1,
    List = 2,
    Watch = 4,
    Create = 8,
    Update = 16,
    Patch = 32,
    Delete = 64,

    /// <summary>What an informer needs.</summary>
    Read = Get | List | Watch,
}
