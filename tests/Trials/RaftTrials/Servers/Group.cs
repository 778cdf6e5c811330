using RaftTrials.Hostile;
using RaftTrials.Load;

namespace RaftTrials.Servers;

/// <summary>The servers of a trial, the answers to their clients, and the final check.</summary>
internal sealed class Group : ITrial
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly List<LoadProcess> _loads = [];

    /// <param name="hosts">The host of each server.</param>
    /// <param name="founders">The first servers, which found the group. The others wait to be added. Null: all.</param>
    /// <param name="options">More options of the command that starts a server.</param>
    public Group(
        string work, int firstPort, IReadOnlyList<Host> hosts, int? founders = null, params IReadOnlyList<string> options)
    {
        int PortOf(int place) => hosts[place].Address.Length > 0 ? firstPort : firstPort + place;
        var list = string.Join(',', hosts.Take(founders ?? hosts.Count).Select((host, place) => $"{host.Address}:{PortOf(place)}"));
        Servers =
        [
            .. hosts.Select((host, place) =>
            {
                var data = Path.Combine(Directory.CreateDirectory(DiskOf(work, place)).FullName, "data");
                string[] name = host.Address.Length > 0 ? ["--host", host.Address] : [];
                string[] arguments = ["server", "-c", list, "-p", $"{PortOf(place)}", "--data", data, .. name, .. options];
                return new RaftServer(host, PortOf(place), data, RaftTool.Path, arguments, Elections);
            }),
        ];
    }

    public ImmutableArray<RaftServer> Servers { get; }

    public Elections Elections { get; } = new();

    public CallBook Book { get; } = new();

    /// <summary>The latest term that had a leader.</summary>
    public long Term => Elections.Latest!.Term; // Justification: trials wait for the first leader.

    /// <summary>The servers as the value of an option.</summary>
    public static string ListOf(IEnumerable<RaftServer> servers) => string.Join(',', servers.Select(server => server.Id));

    /// <summary>The folder with the data of a server, where a trial may mount a disk before the group is made.</summary>
    /// <param name="place">From 0.</param>
    public static string DiskOf(string work, int place) => Path.Combine(work, $"server{place + 1}");

    /// <summary>The servers run as a part of this program, with more settings.</summary>
    public void Configure(string hocon)
    {
        foreach (var server in Servers)
        {
            server.Program = TrialProgram.Path;
            server.Arguments = [RaftProgram.Name, TargetCommand.Name, .. server.Arguments[1..], TargetCommand.Hocon, hocon];
        }
    }

    public void StartAll()
    {
        foreach (var server in Servers)
        {
            server.Start();
        }
    }

    /// <summary>Starts the servers, and waits for a leader.</summary>
    public async Task StartAndElect()
    {
        StartAll();
        await Elections.After(0);
    }

    /// <summary>Starts writers in one process.</summary>
    /// <param name="servers">The servers to ask. The first writer starts with the first, the second with the second, ...</param>
    /// <param name="alone">Whether to add a writer for each server that knows that server only.</param>
    /// <param name="timeout">The time limit of an append; null: 5 s, the default of the program.</param>
    /// <param name="program">The path of these trials of another build, whose clients write; null: this one.</param>
    /// <param name="host">Null: that of the first server.</param>
    public LoadProcess Load(
        string name,
        int writers,
        IReadOnlyList<RaftServer> servers,
        bool alone = false,
        TimeSpan? timeout = null,
        string? program = null,
        Host? host = null)
    {
        LoadSettings settings = new(name, [.. servers.Select(server => server.Id)], timeout ?? Timeout)
        {
            Writers = [.. Enumerable.Range(1, writers).Select(number => $"{name}{number}")],
            Alone = [.. Enumerable.Range(1, alone ? servers.Count : 0).Select(number => $"{name}a{number}")],
        };
        _loads.Add(new LoadProcess(host ?? servers[0].Host, settings, Book, program));
        return _loads[^1];
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
    public static Task MembersAre(IReadOnlyList<RaftServer> servers) => Members(servers, members => members.Count() == servers.Count
        && servers.All(server => members.Contains((server.Id, true))));

    /// <summary>Waits until this number of servers vote and all of them are among these.</summary>
    /// <returns>The voters.</returns>
    public static async Task<IReadOnlyList<RaftServer>> Voters(IReadOnlyList<RaftServer> among, int count)
    {
        List<RaftServer> voters = [];
        await Members(among, members =>
        {
            voters = [.. among.Where(server => members.Contains((server.Id, true)))];
            return members.Count(member => member.Votes) == count && voters.Count == count;
        });
        return voters;
    }

    /// <summary>Waits until a server that restarted with an empty disk votes again, and all others vote.</summary>
    public static Task VotesAgain(RaftServer server) =>
        RaftTool.Until(["explain", "-S", server.Id], run => run.Code == 0 && ExplainLines.AllVote(run.Output), server.Host);

    /// <summary>
    /// Stops the load and the servers. Checks that the printed logs are equal and match the answers to the clients, and then the files.
    /// </summary>
    /// <returns>The summary for the trial's line.</returns>
    public async Task<string> Check(params IReadOnlyList<RaftServer> members)
    {
        await StopLoads();
        var (log, printed) = await Print(members);
        foreach (var server in Servers.Where(server => server.IsRunning))
        {
            await server.Stop();
        }

        List<Copy> copies = [new("the leader", new() { [LoadCommand.Key] = log })];
        foreach (var (server, texts) in members.Zip(printed))
        {
            await server.Verify();

            // A server prints no serials, so they are those of the places.
            copies.Add(new(server.Id, new()
            {
                [LoadCommand.Key] = [.. texts.Select((text, place) => new Change(log.ElementAtOrDefault(place)?.Serial ?? 0, text))],
            })
            {
                Files = new() { [LoadCommand.Key] = StoredLog.Of(server.Data) },
            });
        }

        CallCheck.Demand(Book, copies);
        return $"{Book.Counts}; {log.Count} in the log";
    }

    /// <inheritdoc/>
    public string Tails() =>
        string.Join('\n', _loads.Select(load => $"--- load\n{load.Tail()}").Concat(Servers.Select(server => server.Tails())));

    public void Dispose()
    {
        _loads.ForEach(load => load.Dispose());
        foreach (var server in Servers)
        {
            server.Dispose();
        }
    }

    private static Task Members(IReadOnlyList<RaftServer> asked, Func<IEnumerable<(string Server, bool Votes)>, bool> isIt) =>
        RaftTool.Until(
            ["members", "list", "--json", "-S", ListOf(asked)],
            run => run.Code == 0
                && isIt([.. run.Json.Select(line => (line.GetProperty("server").GetString()!, line.GetProperty("votes").GetBoolean()))]),
            asked[0].Host);

    // A server that prints the mark has processed all messages before it.
    private async Task<(List<Change> Log, IReadOnlyList<ImmutableArray<string>> Printed)> Print(IReadOnlyList<RaftServer> members)
    {
        const string Mark = "mark";
        var from = members.Select(server => server.Process.LineCount).ToList();
        string[] texts = [Mark, "count", "print"];
        var began = Stopwatch.GetTimestamp();
        LoadSettings settings = new(Mark, [.. members.Select(server => server.Id)], Guards.Request) { Texts = texts };
        using (LoadProcess load = new(members[0].Host, settings, Book))
        {
            await load.Stop();
        }

        TrialFailure.IfAny(
            Book.EndedSince(began).FirstOrDefault(call => call.Client == Mark && call.End != WriteEnd.Committed),
            failed => $"without faults, '{failed}'");
        List<ImmutableArray<string>> printed = [];
        foreach (var (place, server) in members.Index())
        {
            var line = await server.Says(line => ServerLines.Logs(line)?.Contains(Mark) == true, $"'Logs [... {Mark} ...]'", from[place]);
            printed.Add(ServerLines.Logs(line)!.Value);
            var said = server.Process.Lines(line => ServerLines.Count(line) is not null).Select(line => ServerLines.Count(line)!.Value);
            var count = printed[^1].LastIndexOf("count") + 1;
            TrialFailure.Unless(said.Contains(count), $"{server.Id} printed 'Count {string.Join(", ", said)}', not {count}");
        }

        // The command asks one server, which may not have processed the last message.
        var run = await RaftTool.Until(
            ["print", "--here", "--json", "-S", ListOf(members)],
            run => run.Code == 0 && run.Json.Any(line => TextOf(line) == texts[^1]),
            members[0].Host);
        var log = run.Json.Select(line => new Change(line.GetProperty("serial").GetInt64(), TextOf(line))).ToList();

        // Behind it are only messages of which no client was told that they are committed.
        return (log[..(log.FindIndex(change => change.Value == texts[^1]) + 1)], printed);

        static string TextOf(JsonElement line) => line.GetProperty("text").GetString()!;
    }
}
