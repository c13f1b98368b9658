namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Tests that disturb all others, or that others would disturb.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
