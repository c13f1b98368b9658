using System.CommandLine;
using Latlab.Operator.Commands;

var root = new RootCommand("latlab-operator: tunes nodes and runs latency experiments on them.")
{
    RunCommand.Create(),
    RbacCommand.Create(),
    UninstallCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
