using System.Net.NetworkInformation;

namespace RaftActors.Cli.Tests.Client;

/// <summary>Runs the commands of <c>session.txt</c> with real servers and compares the output.</summary>
[Trait("Needs", "Linux")]
public sealed partial class SessionTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("raft").FullName;
    private readonly Dictionary<string, ServerProcess> _servers = [];

    // The ports in session.txt may be in use, so free ports of the same length and order replace them during the run.
    private readonly (string Written, string Actual)[] _ports =
        [.. FreePorts().Take(4).Order().Select((actual, i) => ($"{9990 + i}", $"{actual}"))];

    public void Dispose()
    {
        foreach (var server in _servers.Values)
        {
            server.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Commands_of_the_session_print_the_expected_output()
    {
        var expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Client/session.txt"));
        var steps = expected.Split("$ ", StringSplitOptions.RemoveEmptyEntries).Select(step => step.TrimEnd('\n').Split('\n'));

        var actual = new StringBuilder();
        foreach (var step in steps)
        {
            actual.Append($"$ {step[0]}\n{await Run(step[0], step[^1])}");
        }

        Assert.Equal(expected, $"{actual}");
    }

    private async Task<string> Run(string command, string lastLine)
    {
        var words = command.Split(' ');
        if (words[^1] == "&")
        {
            await Serve(command.TrimEnd('&'), words[^2].Trim('\'', ':'));
            return "";
        }

        if (words[0] == "cat")
        {
            var server = _servers[words[1].Split('.')[0]];
            await server.OutputLine(line => Normalized(line) == lastLine);
            return string.Concat(server.RawOutput.Select(line => $"{Normalized(line)}\n"));
        }

        var raft = $"raft() {{ dotnet {Cli.Tests.Run.ProgramFile} \"$@\"; }}";
        var run = Cli.Tests.Run.Shell($"export HOME={_home}; {raft}; ({WithRealPorts(command)}) 2>&1");
        return Normalized(run.Output) + (run.Code == 0 ? "" : $"exit code {run.Code}\n");
    }

    // Long election timeouts avoid further elections on a busy machine. The transfer makes :9991 the leader, as in session.txt.
    private async Task Serve(string command, string port)
    {
        var server = ServerProcess.StartInShell($"{WithRealPorts(command).Replace("raft ", "")} -t 2s -T 4s", _home);
        _servers.Add(port, server);
        await server.Line(port == "9993" ? "waits to be added" : "listens on");
        if (_servers.Count == 3)
        {
            var first = _servers["9990"];
            await first.Line("the group is founded");
            var transfer = Cli.Tests.Run.Of("transfer", "--to", WithRealPorts(":9991"), "-S", WithRealPorts(":9990"));
            Assert.True(transfer.Code == 0, transfer.Error);
            await first.Line(WithRealPorts(":9991 leads"));
        }
    }

    // Without the ports of the demos, whose tests may run at the same time.
    private static IEnumerable<int> FreePorts()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        return Enumerable.Range(0, 1000).Select(_ => Random.Shared.Next(6000, 9900)).Where(taken.Add);
    }

    private string WithRealPorts(string text) => _ports.Aggregate(text, (now, port) => now.Replace(port.Written, port.Actual));

    private string Normalized(string text) =>
        Dates().Replace(_ports.Aggregate(text, (now, port) => now.Replace(port.Actual, port.Written)), "DATE TIME");

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", RegexOptions.Multiline)]
    private static partial Regex Dates();
}
