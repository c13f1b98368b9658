using Latlab.NodeAgent.Knobs.Named;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class NamedValuesTests
{
    [Fact]
    public void Equal_values_share_an_entry_and_numbered_names_too()
    {
        var values = new Dictionary<string, string>
        {
            ["rcuop/0"] = "0-1",
            ["rcuop/1"] = "0-1",
            ["rcuop/12"] = "0-1",
            ["kthreadd"] = "0-1",
            ["a007"] = "0-1",
            ["jbd2/vda1-8"] = "0-3",
        };
        var text = NamedValues.Format(values);
        Assert.Equal("0-1: a007 kthreadd rcuop/[0-1,12]; 0-3: jbd2/vda1-8", text);
        Assert.Equal(values.OrderBy(entry => entry.Key, StringComparer.Ordinal), NamedValues.Parse(text));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("")]
    [InlineData("; ; ")]
    [InlineData("no value")]
    public void A_text_without_values_has_none(string text) => Assert.Empty(NamedValues.Parse(text));

    [Theory]
    [InlineData("rcu_preempt", true)]
    [InlineData("rcuop/3", true)]
    [InlineData("UVM global queue", false)]
    [InlineData("a;b", false)]
    [InlineData("a[0]", false)]
    [InlineData("a\n", false)]
    [InlineData("", false)]
    public void Names_that_the_text_cannot_hold_are_known(string name, bool can) => Assert.Equal(can, NamedValues.CanHold(name));
}
