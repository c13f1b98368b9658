using System.Net;
using k8s.Autorest;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Says why the Lease can be neither read nor written, and what to do about it: such a replica is alive, ready, and idle. The same problem
/// is said again only after a while, though the Lease is tried every few seconds.
/// </summary>
internal sealed partial class LeaseProblems(string lease, string @namespace, TimeProvider time, ILogger<LeaseProblems> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private string? _said;
    private long _saidAt;

    public void Note(Exception problem)
    {
        var status = (problem as HttpOperationException)?.Response?.StatusCode;
        // Another replica was faster: that is how an election goes.
        if (status != HttpStatusCode.Conflict && IsNews(problem.Message))
        {
            var remedy = Remedy(status);
            LogProblem(status is null or >= HttpStatusCode.InternalServerError ? LogLevel.Warning : LogLevel.Error, lease, problem.Message, remedy);
        }
    }

    private bool IsNews(string problem)
    {
        lock (_gate)
        {
            if (problem == _said && time.GetElapsedTime(_saidAt) < Interval)
            {
                return false;
            }

            (_said, _saidAt) = (problem, time.GetTimestamp());
            return true;
        }
    }

    private string Remedy(HttpStatusCode? status) => status switch
    {
        HttpStatusCode.NotFound => $"create the namespace {@namespace}, or name another one by --lease-namespace",
        HttpStatusCode.Forbidden => $"let the operator's account get, create and update Leases in the namespace {@namespace}; the chart's Role does",
        HttpStatusCode.Unauthorized => "check the operator's token or client certificate",
        _ => "check that the API server can be reached and is well",
    };

    [LoggerMessage("The Lease {Lease} cannot be had, and without it this replica reconciles nothing: {Why}; {Remedy}; trying again")]
    private partial void LogProblem(LogLevel level, string lease, string why, string remedy);
}
