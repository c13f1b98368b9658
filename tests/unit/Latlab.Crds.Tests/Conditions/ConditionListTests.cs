using Latlab.Crds.Conditions;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Tests.Conditions;

public sealed class ConditionListTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(32_768, 32_768)]
    [InlineData(32_769, 32_768)]
    [InlineData(1_000_000, 32_768)]
    public void A_message_is_cut_to_what_the_API_server_accepts(int length, int kept)
    {
        var message = With(new string('x', length));
        Assert.Equal(kept, message.Length);
        Assert.Equal(length > kept, message.EndsWith('…'));
    }

    [Fact]
    public void A_message_is_not_cut_within_a_character()
    {
        var message = With(new string('x', 32_766) + "😀😀");
        Assert.Equal(new string('x', 32_766) + "…", message);
    }

    [Fact]
    public void Of_many_refusals_with_huge_values_the_first_ones_are_said_and_the_others_counted()
    {
        var refusals = Enumerable.Range(0, 300).Select(i => new Refusal($"spec.f{i}", new string('v', 100_000), "is wrong", "mend it")).ToList();
        var message = With(Refusal.Message(refusals));
        Assert.StartsWith($"spec.f0: \"{new string('v', 99)}…\" is wrong; mend it; spec.f1: ", message, StringComparison.Ordinal);
        Assert.EndsWith("; … and 280 more", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 5_000);
    }

    private static string With(string message) =>
        Assert.Single(((IReadOnlyList<Condition>)[]).With("Accepted", ConditionStatus.False, "Invalid", message, 1, Now)).Message;
}
