using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class OperatorRuntimeOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => new OperatorRuntimeOptions().Validate();

    [Theory]
    [InlineData(1.5, 0.5, 0.5)]
    [InlineData(0, 0, 0)]
    [InlineData(15, 14, 2)]
    [InlineData(15, 13, 2)]
    public void Lease_times_that_would_let_two_replicas_lead_are_refused(double duration, double deadline, double retry) =>
        Assert.Throws<ArgumentException>(() => new OperatorRuntimeOptions
        {
            LeaseDuration = TimeSpan.FromSeconds(duration),
            RenewDeadline = TimeSpan.FromSeconds(deadline),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        }.Validate());
}
