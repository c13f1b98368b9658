using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class ChangesTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public void What_comes_goes_asks_for_something_else_or_is_being_deleted_is_a_change_of_the_wish()
    {
        Assert.True(Changes.OfWish(null, Pod(1)));
        Assert.True(Changes.OfWish(Pod(1), null));
        Assert.True(Changes.OfWish(Pod(1), Pod(2)));
        Assert.True(Changes.OfWish(Pod(1), Pod(1, Now)));
    }

    [Fact]
    public void A_status_is_none()
    {
        var after = Pod(1);
        after.Status = new V1PodStatus { Phase = "Running" };

        Assert.False(Changes.OfWish(Pod(1), after));
        Assert.False(Changes.OfWish(after, after));
    }

    private static V1Pod Pod(long generation, DateTime? deletion = null) =>
        new() { Metadata = new V1ObjectMeta { Name = "a", Generation = generation, DeletionTimestamp = deletion } };
}
