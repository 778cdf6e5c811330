using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;

using RaftTrials.Check;
using RaftTrials.Load;

namespace RaftTrials.Servers;

/// <summary>The servers of a trial, the answers to their clients, and the final check.</summary>
internal sealed class Group : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly List<LoadProcess> _loads = [];
    private int _marks;

    /// <param name="hosts">The host of each server.</param>
    /// <param name="founders">The first servers, which found the group. The others wait to be added. Null: all.</param>
    /// <param name="options">More options of the command that starts a server.</param>
    public Group(
        string work, int firstPort, IReadOnlyList<Host> hosts, int? founders = null, params IReadOnlyList<string> options)
    {
        int PortOf(int place) => hosts[place].Address.Length > 0 ? firstPort : firstPort + place;
        var ids = hosts.Select((host, place) => $"{host.Address}:{PortOf(place)}").ToList();
        var list = string.Join(',', ids.Take(founders ?? ids.Count));
        Servers =
        [
            .. hosts.Select((host, place) =>
                Make(host, PortOf(place), Path.Combine(work, $"server{place + 1}"), list, options)),
        ];
    }

    public ImmutableArray<RaftServer> Servers { get; }

    public Elections Elections { get; } = new();

    public Journal Journal { get; } = new();

    public string Counts
    {
        get
        {
            var attempts = Journal.Attempts.CountBy(attempt => attempt.Outcome).ToDictionary();
            return $"{attempts.GetValueOrDefault(Outcome.Committed)} committed, {attempts.GetValueOrDefault(Outcome.NotCommitted)} not, "
                + $"{attempts.GetValueOrDefault(Outcome.Unknown)} unknown";
        }
    }

    public void StartAll()
    {
        foreach (var server in Servers)
        {
            server.Start();
        }
    }

    /// <summary>Starts writers in one process, on the first server's host.</summary>
    /// <param name="servers">The servers to ask. The first writer starts with the first, the second with the second, ...</param>
    /// <param name="alone">Whether to add a writer for each server that knows that server only.</param>
    /// <param name="timeout">The time limit of an append; null: 5 s, the default of the program.</param>
    /// <param name="program">The path of these trials of another build, whose clients write; null: this one.</param>
    public LoadProcess Load(
        string name,
        int writers,
        IReadOnlyList<RaftServer> servers,
        bool alone = false,
        TimeSpan? timeout = null,
        string? program = null)
    {
        var ids = servers.Select(server => server.Id).ToList();
        var load = LoadProcess.Start(servers[0].Host, name, writers, alone, ids, timeout ?? Timeout, Journal, program);
        _loads.Add(load);
        return load;
    }

    public async Task StopLoads()
    {
        foreach (var load in _loads)
        {
            await load.Stop();
            load.Dispose();
        }

        _loads.Clear();
    }

    /// <summary>Waits until exactly these servers are members and all of them vote.</summary>
    public Task MembersAre(IReadOnlyList<RaftServer> servers)
    {
        var expected = servers.Select(server => $"{server.Id} votes").Order(StringComparer.Ordinal).ToList();
        var list = string.Join(',', servers.Select(server => server.Id));
        return Answers(servers[0], ["members", "list", "--json", "-S", list], answer => answer.Output
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => $"{line.GetProperty("server").GetString()} {(line.GetProperty("votes").GetBoolean() ? "votes" : "learns")}")
            .Order(StringComparer.Ordinal).SequenceEqual(expected));
    }

    /// <summary>Waits until this number of servers vote and all of them are among these.</summary>
    /// <returns>The voters.</returns>
    public async Task<IReadOnlyList<RaftServer>> Voters(IReadOnlyList<RaftServer> among, int count)
    {
        List<RaftServer> voters = [];
        var list = string.Join(',', among.Select(server => server.Id));
        await Answers(among[0], ["members", "list", "--json", "-S", list], answer =>
        {
            var ids = answer.Output.Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.GetProperty("votes").GetBoolean())
                .Select(line => line.GetProperty("server").GetString()).ToList();
            voters = [.. among.Where(server => ids.Contains(server.Id))];
            return ids.Count == count && voters.Count == count;
        });
        return voters;
    }

    /// <summary>Waits until a server that restarted with an empty disk votes again, and all others vote.</summary>
    public static Task VotesAgain(RaftServer server) =>
        Answers(server, ["explain", "-S", server.Id], answer => ExplainLines.AllVote([.. answer.Output]));

    /// <summary>
    /// Stops the load and the servers. Checks that the printed logs are equal and match the answers to the clients, and then the files.
    /// </summary>
    /// <returns>The summary for the trial's line.</returns>
    public async Task<string> Check(params IReadOnlyList<RaftServer> members)
    {
        await StopLoads();
        var logs = await Print(members);
        foreach (var server in Servers.Where(server => server.IsRunning))
        {
            await server.Stop();
        }

        List<StoredLog> stores = [];
        foreach (var server in members)
        {
            await server.Verify();
            stores.Add(StoredLog.Of(server.Id, server.Data));
        }

        var findings = EndCheck.Of(Journal.Attempts, logs, stores);
        return findings.Count == 0
            ? $"{Counts}; {logs[0].Texts.Count} in the log"
            : throw new TrialFailure(string.Join("\n        ", findings));
    }

    /// <summary>The last lines of the loads and the servers.</summary>
    public string Tails() => string.Join(
        '\n',
        _loads.Select(load => $"--- load\n{load.Tail()}").Concat(Servers.Select(server => server.Tail())));

    public void Dispose()
    {
        _loads.ForEach(load => load.Dispose());
        foreach (var server in Servers)
        {
            server.Dispose();
        }
    }

    private RaftServer Make(Host host, int port, string data, string founders, IReadOnlyList<string> options)
    {
        string[] name = host.Address.Length > 0 ? ["--host", host.Address] : [];
        string[] arguments = ["server", "-c", founders, "-p", $"{port}", "--data", data, .. name, .. options];
        return new RaftServer(host, port, data, RaftProgram.Path, arguments, Elections);
    }

    // No server logs this, so a command asks for it repeatedly.
    private static Task Answers(RaftServer asked, string[] arguments, Func<Finished, bool> isIt)
    {
        Finished? answer = null;
        return Poll.Until(
            async () => (answer = await RaftProgram.Run(asked.Host, arguments)).Code == 0 && isIt(answer),
            () => $"'raft {string.Join(' ', arguments)}' still says: {answer},");
    }

    // A server that prints the mark has processed all messages before it.
    private async Task<IReadOnlyList<ServerLog>> Print(IReadOnlyList<RaftServer> members)
    {
        var mark = $"mark-{++_marks}";
        var from = members.Select(server => server.Process.LineCount).ToList();
        await LoadProcess.Append(
            members[0].Host, mark, [mark, "count", "print"], members.Select(server => server.Id), Guards.Request, Journal);
        if (Journal.Attempts.TakeLast(3).FirstOrDefault(attempt => attempt.Outcome != Outcome.Committed) is { } attempt)
        {
            throw new TrialFailure($"without faults, '{attempt.Text}' was answered {attempt.Outcome}");
        }

        List<ServerLog> logs = [];
        foreach (var (place, server) in members.Index())
        {
            var line = await server.Says(line => ServerLines.Logs(line)?.Contains(mark) == true, $"'Logs [... {mark} ...]'", from[place]);
            var texts = ServerLines.Logs(line)!.Value;
            var said = server.Process.Lines(line => ServerLines.Count(line) is not null).Select(line => ServerLines.Count(line)!.Value);
            if (!said.Contains(texts.LastIndexOf("count") + 1))
            {
                throw new TrialFailure($"{server.Id} printed 'Count {string.Join(", ", said)}', not {texts.LastIndexOf("count") + 1}");
            }

            logs.Add(new ServerLog(server.Id, texts));
        }

        return logs;
    }
}
