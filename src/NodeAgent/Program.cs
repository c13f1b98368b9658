using Latlab.NodeAgent.Cli;

return await AgentCommand.InvokeAsync(args, Console.Out, Console.Error);
