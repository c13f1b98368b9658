using System.Net;
using k8s.Autorest;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runtime;

public sealed class LeaseProblemsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecord _log = new();
    private readonly LeaseProblems _problems;

    public LeaseProblemsTests() => _problems = new LeaseProblems("ns/lease", "ns", _time, _log.Factory.CreateLogger<LeaseProblems>());

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(HttpStatusCode.NotFound, LogLevel.Error, "create the namespace ns")]
    [InlineData(HttpStatusCode.Forbidden, LogLevel.Error, "let the operator's account get, create and update Leases in the namespace ns")]
    [InlineData(HttpStatusCode.InternalServerError, LogLevel.Warning, "check that the API server can be reached")]
    public void A_refusal_is_said_with_its_remedy(HttpStatusCode status, LogLevel level, string remedy)
    {
        _problems.Note(Refusal(status));

        var (said, text) = Assert.Single(_log.Lines);
        Assert.Equal(level, said);
        Assert.Contains($"refused with {(int)status}", text, StringComparison.Ordinal);
        Assert.Contains(remedy, text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_race_for_the_lease_is_no_problem()
    {
        _problems.Note(Refusal(HttpStatusCode.Conflict));

        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void The_same_problem_is_said_again_after_a_while_only_another_one_at_once()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            _problems.Note(Refusal(HttpStatusCode.NotFound));
        }

        Assert.Single(_log.Lines);
        _problems.Note(new HttpRequestException("connection refused"));
        Assert.Equal(2, _log.Lines.Count);

        _time.Advance(LeaseProblems.Interval);
        _problems.Note(new HttpRequestException("connection refused"));

        Assert.Equal(3, _log.Lines.Count);
    }

    private static HttpOperationException Refusal(HttpStatusCode status) => new($"refused with {(int)status}")
    {
        Response = new HttpResponseMessageWrapper(new HttpResponseMessage(status), ""),
    };
}
