using Latlab.ApiServer.Tests;

[assembly: AssemblyFixture(typeof(ApiServerFixture))]

namespace Latlab.ApiServer.Tests;

/// <summary>The API server of all tests of this assembly, with latlab's kinds and the tests' own one installed.</summary>
public sealed class ApiServerFixture : IAsyncLifetime
{
    public Testing.ApiServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await Testing.ApiServer.StartAsync();
        await Runtime.WidgetDefinition.InstallAsync(Server.Client);
        await Crds.LatlabDefinitions.InstallAsync(Server.Client);
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
