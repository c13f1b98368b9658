using System.Net;
using k8s.Autorest;
using k8s.LeaderElection;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runtime;

public sealed class LeaseGuardTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLock _lock = new();
    private readonly Leadership _leadership;
    private readonly LeaseGuard _guard;

    public LeaseGuardTests()
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var metrics = new RuntimeMetrics(Prometheus.Metrics.WithCustomRegistry(registry), registry);
        var options = new OperatorRuntimeOptions { LeaseDuration = TimeSpan.FromSeconds(15), RenewDeadline = TimeSpan.FromSeconds(10) };
        _leadership = new Leadership(options, _time, metrics);
        var problems = new LeaseProblems("ns/lease", options.LeaseNamespace, _time, NullLogger<LeaseProblems>.Instance);
        _guard = new LeaseGuard(_lock, _leadership, _time, options, problems);
    }

    [Fact]
    public async Task Leadership_lasts_for_the_lease_after_the_renewal_was_sent()
    {
        Assert.False(_leadership.IsLeading);
        _lock.OnWrite = () => _time.Advance(TimeSpan.FromSeconds(4));

        Assert.True(await _guard.UpdateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken));

        Assert.True(_leadership.IsLeading);
        _time.Advance(TimeSpan.FromSeconds(10.9));
        Assert.True(_leadership.IsLeading);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(_leadership.IsLeading);
        Assert.Throws<NotLeadingException>(() => _leadership.ThrowIfNotLeading("PUT x"));
    }

    [Fact]
    public async Task A_connection_error_means_try_again_not_lost()
    {
        _lock.Error = new HttpRequestException("connection refused");

        var read = await Assert.ThrowsAsync<HttpOperationException>(() => _guard.GetAsync(TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.Response.StatusCode);
        Assert.False(await _guard.UpdateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken));
        Assert.False(await _guard.CreateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_lease_that_is_not_there_is_told_so()
    {
        _lock.Error = new HttpOperationException { Response = new HttpResponseMessageWrapper(new HttpResponseMessage(HttpStatusCode.NotFound), "") };

        var read = await Assert.ThrowsAsync<HttpOperationException>(() => _guard.GetAsync(TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.NotFound, read.Response.StatusCode);
    }

    [Fact]
    public async Task A_lease_without_a_holder_can_be_taken()
    {
        _lock.Record = new LeaderElectionRecord();

        var record = await _guard.GetAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", record.HolderIdentity);
        Assert.NotNull(record.AcquireTime);
        Assert.NotNull(record.RenewTime);
    }

    [Fact]
    public async Task Leadership_ends_at_once_when_another_holds_the_lease()
    {
        await _guard.UpdateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken);
        _lock.Record = new LeaderElectionRecord { HolderIdentity = "other" };

        await _guard.GetAsync(TestContext.Current.CancellationToken);

        Assert.False(_leadership.IsLeading);
        Assert.True(_guard.Taken.IsCompleted);
    }

    [Theory]
    [InlineData(15, 15)]
    [InlineData(40, 40)]
    [InlineData(1, 15)]
    public async Task Another_s_lease_is_taken_only_when_it_was_not_renewed_for_its_whole_length_whatever_the_wall_clock_says(int lasts, int expected)
    {
        _lock.Record = new LeaderElectionRecord { HolderIdentity = "other", LeaseDurationSeconds = lasts, RenewTime = DateTime.UnixEpoch };
        await _guard.GetAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(expected - 1));
        Assert.False(await _guard.UpdateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken));

        // Renewed: its time begins anew.
        _lock.Record = new LeaderElectionRecord { HolderIdentity = "other", LeaseDurationSeconds = lasts, RenewTime = DateTime.UnixEpoch.AddSeconds(1) };
        await _guard.GetAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(expected - 1));
        Assert.False(await _guard.UpdateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken));
        Assert.Equal(0, _lock.Writes);

        await _guard.GetAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await _guard.UpdateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken));
        Assert.True(_leadership.IsLeading);
    }

    [Theory]
    [InlineData("")]
    [InlineData("me")]
    public async Task A_lease_of_nobody_or_of_this_replica_is_written_at_once(string holder)
    {
        _lock.Record = new LeaderElectionRecord { HolderIdentity = holder, LeaseDurationSeconds = 15, RenewTime = DateTime.UnixEpoch };
        await _guard.GetAsync(TestContext.Current.CancellationToken);

        Assert.True(await _guard.UpdateAsync(new LeaderElectionRecord(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nothing_is_renewed_once_the_candidacy_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => _guard.UpdateAsync(new LeaderElectionRecord(), cancelled.Token));

        Assert.False(_leadership.IsLeading);
    }

    [Fact]
    public async Task A_lease_that_was_taken_while_the_candidacy_ended_is_known_to_be_ours()
    {
        using var candidacy = new CancellationTokenSource();
        _lock.OnWrite = candidacy.Cancel;

        Assert.True(await _guard.UpdateAsync(new LeaderElectionRecord(), candidacy.Token));

        await _guard.Settled;
        Assert.True(_leadership.IsLeading);
    }

    private sealed class FakeLock : ILock
    {
        public string Identity => "me";

        public Exception? Error { get; set; }

        public LeaderElectionRecord Record { get; set; } = new() { HolderIdentity = "me" };

        public int Writes { get; private set; }

        public Action OnWrite { get; set; } = () => { };

        public Task<LeaderElectionRecord> GetAsync(CancellationToken cancellationToken = default) =>
            Error is null ? Task.FromResult(Record) : Task.FromException<LeaderElectionRecord>(Error);

        public Task<bool> CreateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) => WriteAsync(cancellationToken);

        public Task<bool> UpdateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default) => WriteAsync(cancellationToken);

        public string Describe() => "ns/lease";

        private Task<bool> WriteAsync(CancellationToken cancellationToken)
        {
            Writes++;
            OnWrite();
            cancellationToken.ThrowIfCancellationRequested();
            return Error is null ? Task.FromResult(true) : Task.FromException<bool>(Error);
        }
    }
}
