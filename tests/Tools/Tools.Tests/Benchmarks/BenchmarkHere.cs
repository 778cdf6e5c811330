using System.Text;

namespace RaftActors.Benchmarks.Tests;

/// <summary>
/// Runs a benchmark with its smallest options in this process, which saves the start of one. Its nodes are child processes where the
/// benchmark has such. No test looks at a figure.
/// </summary>
internal static class BenchmarkHere
{
    private static readonly AsyncLocal<TextWriter?> Output = new();
    private static readonly AsyncLocal<TextWriter?> Errors = new();

    // Benchmarks write to the console. Those of parallel tests are told apart by the flow of their tasks.
    static BenchmarkHere()
    {
        Console.SetOut(new FlowWriter(Output, Console.Out));
        Console.SetError(new FlowWriter(Errors, Console.Error));
    }

    public static async Task<(int Code, string[] Output, string[] Errors)> RunAsync(string command)
    {
        using StringWriter printed = new() { NewLine = "\n" };
        using StringWriter warned = new() { NewLine = "\n" };

        // The tasks of a benchmark may write at once.
        var (output, errors) = (TextWriter.Synchronized(printed), TextWriter.Synchronized(warned));
        var code = await Task.Run(() =>
        {
            (Output.Value, Errors.Value) = (output, errors);
            return Program.RunAsync(command.Split(' '), output, errors);
        }).WaitAsync(BenchmarkProcess.WaitMax);
        return (code, $"{printed}".Split('\n'), $"{warned}".Split('\n'));
    }

    /// <summary>Asserts that the benchmark ends with success and has printed a line with each text.</summary>
    public static async Task AssertPrintsAsync(string command, params string[] texts)
    {
        var (code, output, errors) = await RunAsync(command);

        Assert.True(code == 0, $"{command} ended with {code}:\n{string.Join('\n', [.. output, .. errors])}");
        Assert.All(texts, text => Assert.Contains(output, line => line.Contains(text, StringComparison.Ordinal)));
    }

    private sealed class FlowWriter(AsyncLocal<TextWriter?> own, TextWriter other) : TextWriter
    {
        public override Encoding Encoding => other.Encoding;

        public override void Write(char value) => (own.Value ?? other).Write(value);

        public override void Write(string? value) => (own.Value ?? other).Write(value);

        public override void WriteLine(string? value) => (own.Value ?? other).WriteLine(value);
    }
}
