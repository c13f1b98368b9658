using System.Runtime.ExceptionServices;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Noise;

/// <summary>Looks how quiet CPUs are, all at the same time.</summary>
internal static class NoiseCheck
{
    /// <exception cref="IOException">A CPU cannot be run on.</exception>
    public static NoiseReport Run(IHost host, IReadOnlyList<int> cpus, TimeSpan length, CancellationToken stop)
    {
        var loops = cpus.Select(cpu => new BusyLoop(host, cpu)).ToList();
        using var start = new Barrier(loops.Count + 1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var failure = default(ExceptionDispatchInfo);
        var threads = loops
            .Select(loop => new Thread(() => Try(() => loop.Run(length, start, ended.Token)))
            {
                Name = $"noise {loop.Cpu}",
                IsBackground = true,
            }).ToList();
        using var undisturbed = new NoCollection();
        threads.ForEach(thread => thread.Start());
        start.SignalAndWait(CancellationToken.None);
        var before = InterruptTable.Parse(File.ReadAllText(InterruptTable.Path));
        start.SignalAndWait(CancellationToken.None);
        threads.ForEach(thread => thread.Join());
        var after = InterruptTable.Parse(File.ReadAllText(InterruptTable.Path));
        failure?.Throw();
        return new NoiseReport([.. loops.Select(loop => loop.Report(before, after))]);

        void Try(Action work)
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                // Of whatever kind: it is thrown again where the thread was started.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                ended.Cancel();
            }
        }
    }
}
