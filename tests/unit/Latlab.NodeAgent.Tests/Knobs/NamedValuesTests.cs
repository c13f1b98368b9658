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
    [InlineData("rcu_preempt", "rcu_preempt")]
    [InlineData("rcuop/3", "rcuop/3")]
    [InlineData("UVM global queue", "UVM_global_queue")]
    [InlineData("a;b", "a_b")]
    [InlineData("a[0]", "a_0_")]
    [InlineData("a\n", "a_")]
    [InlineData("", "_")]
    public void A_name_that_the_text_cannot_hold_stands_there_as_one_that_it_can(string name, string held)
    {
        Assert.Equal(held, NamedValues.Holdable(name));
        Assert.Equal(held, Assert.Single(NamedValues.Parse(NamedValues.Format([KeyValuePair.Create(held, "0-1")]))).Key);
    }
}
