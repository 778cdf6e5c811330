using System.Net.NetworkInformation;
using System.Text;
using System.Text.RegularExpressions;

using RaftActors.Cli.Tests.Server;

namespace RaftActors.Cli.Tests.Client;

/// <summary>The session of the specification, command by command, with real servers.</summary>
public sealed partial class SessionTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("raft").FullName;
    private readonly Dictionary<string, ServerProcess> _servers = [];

    // The ports of the session are taken on many a machine, so others, as long and in the same order, take their places while it runs.
    private readonly (string Port, string Stand)[] _ports =
        [.. FreePorts().Take(4).Order().Select((stand, i) => ($"{9990 + i}", $"{stand}"))];

    public void Dispose()
    {
        foreach (var server in _servers.Values)
        {
            server.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Session_of_the_specification_goes_as_it_says()
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
            await server.OutputLine(line => Told(line) == lastLine);
            return string.Concat(server.RawOutput.Select(line => $"{Told(line)}\n"));
        }

        var run = Cli.Tests.Run.Shell($"export HOME={_home}; raft() {{ dotnet {Cli.Tests.Run.Program} \"$@\"; }}; ({Real(command)}) 2>&1");
        return Told(run.Output) + (run.Code == 0 ? "" : $"exit code {run.Code}\n");
    }

    // The elections of a busy machine must not come into the session: only one is wanted, whose winner is known.
    private async Task Serve(string command, string port)
    {
        var server = ServerProcess.StartInShell($"{Real(command).Replace("raft ", "")} -t 2s -T 4s", _home);
        _servers.Add(port, server);
        await server.Line(port == "9993" ? "waits to be taken in" : "listens on");
        if (_servers.Count == 3)
        {
            var first = _servers["9990"];
            await first.Line("the group is founded");
            var transfer = Cli.Tests.Run.Of("transfer", "--to", Real(":9991"), "-S", Real(":9990"));
            Assert.True(transfer.Code == 0, transfer.Error);
            await first.Line(Real(":9991 leads"));
        }
    }

    private static IEnumerable<int> FreePorts()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        return Enumerable.Range(0, 1000).Select(_ => Random.Shared.Next(2000, 9000)).Where(taken.Add);
    }

    private string Real(string text) => _ports.Aggregate(text, (now, port) => now.Replace(port.Port, port.Stand));

    private string Told(string text) =>
        Dates().Replace(_ports.Aggregate(text, (now, port) => now.Replace(port.Stand, port.Port)), "DATE TIME");

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", RegexOptions.Multiline)]
    private static partial Regex Dates();
}
