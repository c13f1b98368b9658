using Latlab.Fuzz;

namespace Latlab.Measurement.Tests.Captures;

public sealed class FuzzTests
{
    /// <summary>More of them: <c>dotnet run -c Release --project tests/fuzz/Latlab.Fuzz 10000000</c>.</summary>
    [Fact]
    public void Mutations_of_real_files_are_read_or_refused_and_nothing_else()
    {
        var fuzzer = new ReaderFuzzer(seed: 20261125);
        fuzzer.Run(20_000);
        Assert.True(fuzzer is { Refused: > 100, WithProblems: > 100, Whole: > 100 });
    }
}
