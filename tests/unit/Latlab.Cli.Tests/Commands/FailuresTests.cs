using Latlab.Cli.Commands;

namespace Latlab.Cli.Tests.Commands;

public sealed class FailuresTests
{
    [Fact]
    public void Names_of_parameters_are_no_words_for_users() => Assert.Equal("It is empty.", Failures.Explain(new ArgumentException("It is empty.", "path")));

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_said_to_be_one()
    {
        var folder = Path.GetTempPath().TrimEnd('/');
        Assert.Equal($"{folder}: a folder; name a file", Failures.Explain(Assert.Throws<UnauthorizedAccessException>(() => File.OpenRead(folder))));
    }
}
