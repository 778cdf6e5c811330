using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;

using RaftTrials.Check;
using RaftTrials.Load;

namespace RaftTrials.Servers;

/// <summary>The servers of a trial, what their clients were told, and the check that ends it.</summary>
internal sealed class Group : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly List<LoadProcess> _loads = [];
    private int _marks;

    /// <param name="hosts">Where each server runs.</param>
    /// <param name="founders">How many of them are in the list; the others wait to be taken in.</param>
    public Group(string work, int firstPort, IReadOnlyList<Host> hosts, int? founders = null)
    {
        int PortOf(int place) => hosts[place].Address.Length > 0 ? firstPort : firstPort + place;
        var ids = hosts.Select((host, place) => $"{host.Address}:{PortOf(place)}").ToList();
        var list = string.Join(',', ids.Take(founders ?? ids.Count));
        Servers =
        [
            .. hosts.Select((host, place) => new RaftServer(host, PortOf(place), Path.Combine(work, $"server{place + 1}"), list, Reigns)),
        ];
    }

    public ImmutableArray<RaftServer> Servers { get; }

    public Reigns Reigns { get; } = new();

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

    /// <summary>Starts writers.</summary>
    /// <param name="servers">Whom they ask: the first writer in this order, the next beginning with the second, and so on.</param>
    /// <param name="alone">After these writers as many others as there are servers, each of which knows one of them only.</param>
    /// <param name="timeout">How long a client waits for an answer; null: as long as the program does that people use.</param>
    public LoadProcess Load(
        string name, int writers, IReadOnlyList<RaftServer> servers, bool alone = false, TimeSpan? timeout = null)
    {
        var load = LoadProcess.Start(
            servers[0].Host, name, writers, alone, [.. servers.Select(server => server.Id)], timeout ?? Timeout, Journal);
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

    /// <summary>Until these are the members, and all of them vote.</summary>
    public Task MembersAre(IReadOnlyList<RaftServer> servers)
    {
        var expected = servers.Select(server => $"{server.Id} votes").Order(StringComparer.Ordinal).ToList();
        var list = string.Join(',', servers.Select(server => server.Id));
        return Answers(servers[0], ["members", "list", "--json", "-S", list], answer => answer.Output
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => $"{line.GetProperty("server").GetString()} {(line.GetProperty("votes").GetBoolean() ? "votes" : "follows")}")
            .Order(StringComparer.Ordinal).SequenceEqual(expected));
    }

    /// <summary>
    /// Until a server that came back with an empty disk has the vote again that the one had whose name it bears. No list of members tells
    /// the two apart.
    /// </summary>
    public static Task VotesAgain(RaftServer server) => Answers(server, ["explain", "-S", server.Id], answer =>
        answer.Output.Any(line => line.StartsWith("voters(", StringComparison.Ordinal))
        && !answer.Output.Any(line => line.Contains("learners(", StringComparison.Ordinal))
        && !answer.Output.Any(line => line.Contains("another life", StringComparison.Ordinal)));

    /// <summary>
    /// Ends the load. What these servers print is one log, and it is what clients were told; after a clean stop, so are their files.
    /// </summary>
    /// <returns>What the trial may say of it.</returns>
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
            var verified = await RaftProgram.Run(Host.Here, "log", "verify", "--data", server.Data);
            if (verified.Code != 0)
            {
                throw new TrialFailure($"the files of {server.Id} are not whole: {verified}");
            }

            stores.Add(StoredLog.Of(server.Id, server.Data));
        }

        var findings = EndCheck.Of(Journal.Attempts, logs, stores);
        return findings.Count == 0
            ? $"{Counts}; {logs[0].Texts.Count} in the one log"
            : throw new TrialFailure(string.Join("\n        ", findings));
    }

    /// <summary>What the loads and the servers said last.</summary>
    public string Tails() => string.Join(
        '\n',
        _loads.Select(load => $"--- load\n{load.Tail()}").Concat(Servers.Select(server => $"--- {server.Id}\n{server.Tail()}")));

    public void Dispose()
    {
        _loads.ForEach(load => load.Dispose());
        foreach (var server in Servers)
        {
            server.Dispose();
        }
    }

    // What nobody says by himself is asked for again and again.
    private static async Task Answers(RaftServer asked, string[] arguments, Func<Finished, bool> isIt)
    {
        var since = Stopwatch.GetTimestamp();
        Finished answer;
        do
        {
            answer = await RaftProgram.Run(asked.Host, arguments);
            if (answer.Code == 0 && isIt(answer))
            {
                return;
            }
        }
        while (Stopwatch.GetElapsedTime(since) < Guards.Commits);

        throw new TrialFailure($"'raft {string.Join(' ', arguments)}' says after {Guards.Commits.TotalSeconds} s: {answer}");
    }

    // Whoever shows the mark has processed all before it.
    private async Task<IReadOnlyList<ServerLog>> Print(IReadOnlyList<RaftServer> members)
    {
        var mark = $"mark-{++_marks}";
        var from = members.Select(server => server.Life.LineCount).ToList();
        await LoadProcess.Say(members[0].Host, mark, [mark, "count", "print"], members.Select(server => server.Id), Timeout, Journal);
        if (Journal.Attempts.TakeLast(3).FirstOrDefault(attempt => attempt.Outcome != Outcome.Committed) is { } attempt)
        {
            throw new TrialFailure($"all faults are over, and '{attempt.Text}' was answered {attempt.Outcome}");
        }

        List<ServerLog> logs = [];
        foreach (var (place, server) in members.Index())
        {
            var line = await server.Says(line => ServerLines.Logs(line)?.Contains(mark) == true, $"'Logs [... {mark} ...]'", from[place]);
            var texts = ServerLines.Logs(line)!.Value;
            var said = server.Life.Lines(line => ServerLines.Count(line) is not null).Select(line => ServerLines.Count(line)!.Value);
            if (!said.Contains(texts.LastIndexOf("count") + 1))
            {
                throw new TrialFailure($"{server.Id} says 'Count {string.Join(", ", said)}', not {texts.LastIndexOf("count") + 1}");
            }

            logs.Add(new ServerLog(server.Id, texts));
        }

        return logs;
    }
}
