using System.Diagnostics;
using System.Text.RegularExpressions;

using Akka.Actor;
using Akka.Configuration;

using Shared;

namespace RaftActors.Examples;

/// <summary>Types the commands of docs/tutorial.md to the <c>raft</c> program, while the ledgers of three nodes run.</summary>
public sealed class BankSessionTests : IAsyncLifetime
{
    private static readonly string RaftProgram = Programs.Find("src/RaftActors.Cli", "raft");

    private readonly string[] _ports = [.. FreePorts.Take(3).Select(port => $"{port}")];
    private readonly ActorSystem[] _nodes;

    public BankSessionTests() => _nodes = [.. _ports.Select(Start)];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.WhenAll(_nodes.Select(node => node.Terminate()));

    [Fact]
    public async Task Session_prints_what_the_page_says()
    {
        await using var client = Raft.Get(_nodes[0]).CreateClient<int, BookingResult>(
            resultCodec: RaftCodec.Json<BookingResult>());
        Assert.True(await new Teller(client).BookAsync("alice", 1000, "funds"));
        await AwaitVotersAsync(client);
        var leader = Raft.Get(_nodes[0]).Processes.Single().Leader!.Value.Node.Split(':')[1];

        // On the page the first node leads.
        var ports = new[] { leader }.Concat(_ports.Where(port => port != leader)).ToArray();
        var typed = 0;
        foreach (var (command, expected) in Session())
        {
            var printed = Run(ToReal(command.Replace("$G", "--contacts 127.0.0.1:2551", StringComparison.Ordinal)));

            // The rows are in the order of the ports, and the columns as wide as those.
            Assert.Equal(expected.Order(StringComparer.Ordinal), printed.Select(ToPage).Order(StringComparer.Ordinal));
            typed++;
            if (command.StartsWith("members add", StringComparison.Ordinal))
            {
                await AwaitVotersAsync(client);
            }
        }

        Assert.Equal(5, typed);

        string ToReal(string text) => Regex.Replace(text, "255[123]", port => ports[port.Value[^1] - '1']);
        string ToPage(string text) => ports.Index().Aggregate(
            text, (line, port) => line.Replace($":{port.Item}", $":{2551 + port.Index}", StringComparison.Ordinal));
    }

    // As BankNode, with times in which no busy machine elects another leader, and without a store on disk.
    private ActorSystem Start(string port)
    {
        var nodes = string.Join(", ", _ports.Select(each => $"\"127.0.0.1:{each}\""));
        var node = ActorSystem.Create("bank", ConfigurationFactory.ParseString($$"""
            akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [], actor.provider = remote }
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
            raft {
              node = "127.0.0.1:{{port}}"
              nodes = [{{nodes}}]
              discovery-interval = 100ms
              tick-interval = 20ms
              heartbeat-interval = 100ms
              quorum { stable-after = 200ms, gone-after = 1m }
              change-timeout = 1m
              election-timeout { min = 3s, max = 5s }
            }
            """));
        Raft.Get(node).UseJson(LedgerJson.Default);
        node.ActorOf(Props.Create(() => new Ledger(ActorRefs.Nobody)), "ledger");
        return node;
    }

    // A process that was added votes a moment later. On a slow machine so does the third one of the founding.
    private static async Task AwaitVotersAsync(RaftClient client)
    {
        using CancellationTokenSource guard = new(TimeSpan.FromMinutes(1));
        while ((await client.StatusAsync(guard.Token)).Processes is not { Length: 3 } all
            || all.Any(process => process.Members.Length < 3 || process.Members.Any(member => !member.IsVoter)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), guard.Token);
        }
    }

    // Each command with the lines that follow it.
    private static IEnumerable<(string Command, string[] Expected)> Session()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pages", "tutorial.md"));
        var session = Regex.Match(page, "```\\n\\$ G=.*?\\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        return session.Split("$ raft ", StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(lines => (lines[0], lines[1..].Select(Narrow).ToArray()));
    }

    private static string Narrow(string line) => Regex.Replace(line.Trim(), " +", " ");

    private static string[] Run(string command)
    {
        ProcessStartInfo start = new("dotnet", [RaftProgram, .. command.Split(' '), "--timeout", "1m"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // Justification: it is a new process.
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"raft {command}: {process.ExitCode}\n{output}{error.Result}");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Narrow)];
    }
}
