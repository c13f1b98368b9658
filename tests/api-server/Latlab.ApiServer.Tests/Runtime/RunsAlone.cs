namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Tests that disturb all others.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
