namespace Latlab.ApiServer.Tests.Runtime;

public sealed class AnnotationTests(ApiServerFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Annotations_are_set_and_taken_away_and_others_stay_as_they_are()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await TestOperator.StartAsync(fixture.Server, _ => { });
        Assert.Null(await op.Client.AnnotateAsync<Widget>(ns.Name, "w", new Dictionary<string, string?> { ["latlab.dev/a"] = "1" }, Token));
        var made = await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);

        await op.Client.AnnotateAsync<Widget>(ns.Name, "w", new Dictionary<string, string?> { ["latlab.dev/a"] = "1", ["latlab.dev/b"] = "2" }, Token);
        var annotated = await op.Client.AnnotateAsync<Widget>(
            ns.Name, "w", new Dictionary<string, string?> { ["latlab.dev/a"] = null, ["latlab.dev/absent"] = null, ["latlab.dev/c"] = "3" }, Token);

        Assert.Equal(["latlab.dev/b=2", "latlab.dev/c=3"], annotated!.Metadata.Annotations.Select(entry => $"{entry.Key}={entry.Value}").Order());
        Assert.Equal(made!.Metadata.Generation, annotated.Metadata.Generation);
    }
}
