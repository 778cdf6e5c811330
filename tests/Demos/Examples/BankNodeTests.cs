using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

using Shared;

namespace RaftActors.Examples;

/// <summary>Runs three nodes of the bank as processes, and kills the one that leads while tellers transfer.</summary>
public sealed class BankNodeTests : IDisposable
{
    private const int Tellers = 4;
    private const int TransfersOfTeller = 50;
    private const int TransfersBeforeKill = 40;
    private const int Funds = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("bank").FullName;
    private readonly Dictionary<string, Process> _nodes = [];
    private readonly ConcurrentDictionary<Process, bool> _killed = [];
    private readonly string[] _ports = [.. FreePorts.Take(3).Select(port => $"{port}")];
    private readonly TaskCompletionSource _isBusy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hasEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _transfers;

    public void Dispose()
    {
        foreach (var port in _nodes.Keys)
        {
            Kill(port);
        }

        Directory.Delete(_folder, recursive: true);
    }

    // Without the ends of nodes, a teller would repeat its call to nodes that are gone for ever.
    [Fact]
    public async Task No_transfer_is_lost_or_doubled_when_the_leader_is_killed() =>
        await await Task.WhenAny(KillLeaderAsync(), _hasEnded.Task);

    // The port of the leader. Between two leaders there is none.
    private static async Task<string> LeaderAsync(RaftClient<int, BookingResult> ledger)
    {
        while (true)
        {
            if ((await ledger.StatusAsync()).Leader is { } leader)
            {
                return leader.Node.Split(':')[1];
            }
        }
    }

    private async Task KillLeaderAsync()
    {
        Array.ForEach(_ports, Start);
        await using var connection = new RaftConnection([.. _ports.Select(port => $"127.0.0.1:{port}")]);
        var ledger = connection.UseJson(LedgerJson.Default)
            .CreateClient<int, BookingResult>("ledger", resultCodec: RaftCodec.Json<BookingResult>());
        var teller = new Teller(ledger);
        Assert.True(await teller.BookAsync("alice", Funds, "funds"));

        var transfers = Task.WhenAll(Enumerable.Range(0, Tellers).Select(number => TransferAsync(teller, number)));
        await Task.WhenAny(_isBusy.Task, transfers);
        var leader = await LeaderAsync(ledger);
        Kill(leader);
        await transfers;
        Start(leader);

        const int Transferred = Tellers * TransfersOfTeller;
        Assert.Equal(Funds - Transferred, (await ledger.QueryAsync(new ReadBalance("alice"), TimeSpan.FromMinutes(1))).Result);
        Assert.Equal(Transferred, (await ledger.QueryAsync(new ReadBalance("bob"), TimeSpan.FromMinutes(1))).Result);
    }

    private async Task TransferAsync(Teller teller, int number)
    {
        for (var transfer = 0; transfer < TransfersOfTeller; transfer++)
        {
            Assert.True(await teller.TransferAsync("alice", "bob", 1, $"{number}/{transfer}"));
            if (Interlocked.Increment(ref _transfers) == TransfersBeforeKill)
            {
                _isBusy.SetResult();
            }
        }
    }

    private void Start(string port)
    {
        ProcessStartInfo start = new("dotnet", [typeof(BankNode).Assembly.Location, port, .. _ports.Where(other => other != port)])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process node = new() { StartInfo = start, EnableRaisingEvents = true };
        StringBuilder output = new();
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        }

        node.OutputDataReceived += Keep;
        node.ErrorDataReceived += Keep;
        node.Exited += (_, _) => OnExit(port, node, output);
        _nodes[port] = node;
        node.Start();
        node.BeginOutputReadLine();
        node.BeginErrorReadLine();
    }

    private void OnExit(string port, Process node, StringBuilder output)
    {
        node.WaitForExit(); // Until its output is read.
        if (!_killed.ContainsKey(node))
        {
            lock (output)
            {
                _hasEnded.TrySetException(new InvalidOperationException($"Node {port} ended with code {node.ExitCode}:\n{output}"));
            }
        }
    }

    // As kill -9 does.
    private void Kill(string port)
    {
        _killed[_nodes[port]] = true;
        _nodes[port].Kill();
        _nodes[port].WaitForExit();
    }
}
