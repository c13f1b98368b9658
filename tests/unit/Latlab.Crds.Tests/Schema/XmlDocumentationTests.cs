using Latlab.Crds.Schema;

namespace Latlab.Crds.Tests.Schema;

public sealed class XmlDocumentationTests
{
    private static readonly XmlDocumentation Documentation = new("""
        <doc><members>
          <member name="P:A.B.C"><summary>
            One  <c>a|b</c>, <see cref="P:A.B.NodeName"/>
            <para>Two <see langword="null"/>.</para> &lt;3&gt; <see cref="T:A.FooConditions"/>
          </summary></member>
          <member name="P:A.B.D"><inheritdoc cref="P:A.B.E"/></member>
          <member name="P:A.B.E"><inheritdoc cref="P:A.B.C"/></member>
          <member name="P:A.B.X"><inheritdoc cref="P:A.B.Y"/></member>
          <member name="P:A.B.Y"><inheritdoc cref="P:A.B.X"/></member>
          <member name="F:A.FooConditions.Ready"><summary>R.</summary></member>
          <member name="F:A.FooConditions.Accepted"><summary>A.</summary></member>
          <member name="F:A.FooConditions.ReasonValid"><summary>V.</summary></member>
        </members></doc>
        """);

    [Fact]
    public void Text_is_one_line_with_references_as_the_API_spells_them() =>
        Assert.Equal("One a|b, nodeName Two null. <3> Accepted, Ready", Documentation.Text("P:A.B.C"));

    [Fact]
    public void Markdown_marks_code_and_fits_into_a_table_cell() =>
        Assert.Equal(@"One `a\|b`, `nodeName` Two `null`. <3> `Accepted`, `Ready`", Documentation.Markdown("P:A.B.C"));

    [Fact]
    public void Inheritdoc_is_followed_over_several_links() => Assert.Equal(Documentation.Text("P:A.B.C"), Documentation.Text("P:A.B.D"));

    [Theory]
    [InlineData("P:A.B.X")]
    [InlineData("P:A.B.Missing")]
    public void A_member_without_a_summary_is_an_error_that_names_it(string id) =>
        Assert.Contains(id, Assert.Throws<InvalidOperationException>(() => Documentation.Text(id)).Message, StringComparison.Ordinal);
}
