using System.CommandLine;
using Latlab.Operator.Commands;

var root = new RootCommand("latlab-operator: tunes nodes and runs latency experiments on them.")
{
    RunCommand.Create(),
    RbacCommand.Create(),
    UninstallCommand.Create(),
};
// Signals are the host's own: a stop takes the time that running reconciles and the release of the Lease need, which is bounded there.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
