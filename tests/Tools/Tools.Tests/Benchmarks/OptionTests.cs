namespace RaftActors.Benchmarks.Tests;

/// <summary>Help and errors of the program, which runs in this process.</summary>
public sealed class OptionTests
{
    [Fact]
    public async Task Each_benchmark_explains_its_options()
    {
        var (code, list, _) = await RunAsync("--help");
        var verbs = list.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(' ')[0]).Where(verb => !verb.StartsWith('-')).ToArray();
        Assert.Equal(0, code);
        Assert.Contains("compare", verbs);
        foreach (var verb in verbs)
        {
            var (helpCode, help, _) = await RunAsync($"{verb} --help");

            Assert.Equal(0, helpCode);
            Assert.Contains(help.Split('\n'), line => line.StartsWith(verb, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("cluster --clients none", "'--clients none'")]
    [InlineData("cluster --load 0", "'--load 0'")]
    [InlineData("cluster --groups 2", "--topology single or --at remote")]
    [InlineData("compare --peer zookeeper", "'--peer zookeeper'")]
    [InlineData("compare --transport tcp,tls", "one transport")]
    [InlineData("compare --at remote", "supports none of these cells")]
    [InlineData("persist --peer mysql", "'--peer mysql'")]
    [InlineData("failover --min 300 --max 150", "--min 300 is above --max 150")]
    [InlineData("clusters", "There is no benchmark 'clusters'")]
    public async Task Wrong_option_ends_with_an_explanation(string command, string explanation)
    {
        var (code, _, error) = await RunAsync(command);

        Assert.Equal(2, code);
        Assert.Contains(explanation, error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string command)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await Program.RunAsync(command.Split(' '), output, error);
        return (code, $"{output}", $"{error}");
    }
}
