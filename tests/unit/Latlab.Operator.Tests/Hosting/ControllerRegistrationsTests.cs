using Latlab.Operator.Hosting;
using Latlab.Operator.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Latlab.Operator.Tests.Hosting;

public sealed class ControllerRegistrationsTests
{
    [Fact]
    public void Every_controller_gets_what_it_asks_for()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateOnBuild = true);
        builder.Services.AddOperatorRuntime(_ => { });
        builder.Services.AddLatlabControllers(new OperatorSettings());
        // Building checks that every service can be made.
        using var app = (IDisposable)builder.Build();
    }
}
