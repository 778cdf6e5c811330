using System.Text.RegularExpressions;

using RaftTrials.Hostile;

using Group = RaftTrials.Servers.Group;

namespace RaftTrials.Trials;

/// <summary>Attackers beside a healthy client of three servers.</summary>
internal static partial class HostileTrials
{
    private const int Servers = 3;
    private const int Writers = 4;
    private const int CommitsBefore = 300;
    private const int CommitsAfter = 50;
    private const int UsualSeconds = 20;

    // .NET ends a server whose heap needs more. Below that, its size tells more about garbage than about what the server holds. A server
    // keeps all messages and writes all of them into each snapshot, which after an hour needs more than 256 MB.
    private const string HeapLimitVariable = "DOTNET_GCHeapHardLimit";
    private const int HeapMaxMegabytes = 512;
    private const int ShortHeapMaxMegabytes = 160;

    // Beside the heap: code, threads, and what OpenSSL keeps for a thousand idle clients.
    private const int OtherGrowthMaxMegabytes = 250;

    // Each server, for all attacks. Warnings are limited, and changes of the leader are among them on a busy machine.
    private const int LinesPerMinuteMax = 60;
    private const int MemorySamples = 10;

    // Longer than the defaults, because the servers share the cores of one machine with all attackers.
    private const string ElectionTimeoutMin = "300ms";
    private const string ElectionTimeoutMax = "600ms";
    private const int ElectionsPerMinuteMax = 20;

    public static async Task<string> All(Trial trial)
    {
        using var credentials = new Credentials(trial.Work);
        Set(credentials.Variables.Keys, name => credentials.Variables[name]);
        var heapMax = trial.Seconds(UsualSeconds) <= TimeSpan.FromMinutes(1) ? ShortHeapMaxMegabytes : HeapMaxMegabytes;
        Set([HeapLimitVariable], _ => $"0x{(long)heapMax << 20:x}");
        try
        {
            return await Run(trial, credentials);
        }
        finally
        {
            Set([HeapLimitVariable, .. credentials.Variables.Keys], _ => null);
        }
    }

    private static void Set(IEnumerable<string> names, Func<string, string?> valueOf)
    {
        foreach (var name in names)
        {
            Environment.SetEnvironmentVariable(name, valueOf(name));
        }
    }

    private static async Task<string> Run(Trial trial, Credentials credentials)
    {
        var group = trial.Group(Servers, options: [.. credentials.ServerOptions]);
        foreach (var server in group.Servers)
        {
            server.Program = TrialProgram.Path;
            server.Arguments =
            [
                RaftProgram.Name, TargetCommand.Name, .. server.Arguments[1..], "-t", ElectionTimeoutMin, "-T", ElectionTimeoutMax,
            ];
        }

        await group.StartAndElect();
        group.Load("healthy", Writers, group.Servers, timeout: Guards.Request);
        await using var honest = new HonestClient(Ports(trial), credentials.WriterFiles, group.Book);
        await using var holder = await HonestHolder.Start(Ports(trial), credentials.WriterFiles);
        await group.Book.Committed(CommitsBefore, since: 0);

        DemandNoRefusal(group);
        var (begin, before) = (Stopwatch.GetTimestamp(), MemoryOf(group));
        var lines = group.Servers.Select(server => server.Process.LineCount).ToList();
        group.Book.Add(Liar.Call);
        var attacks = new Attacks(group.Servers, [.. Ports(trial)], credentials, () => honest.Latest, () => LeaderOf(trial, group)).All
            .Where(attack => attack.Name.Contains(trial.Attack, StringComparison.Ordinal))
            .Select(attack => (attack.Name, attack.Run, Count: new Count())).ToList();
        TrialFailure.Unless(attacks.Count > 0, $"no attack has '{trial.Attack}' in its name");
        var term = group.Term;
        using CancellationTokenSource stop = new();
        var newcomers = Newcomers.Run(trial.FirstPort, credentials, stop.Token);
        var running = attacks.Select(attack => Task.Run(() => attack.Run(attack.Count, stop.Token))).ToList();
        List<Memory[]> during = [];
        var least = trial.Seconds(UsualSeconds);

        // On a busy machine an attack may take longer than a short run.
        bool IsOver(TimeSpan time) => time >= least && (time >= Guards.Wait || attacks.TrueForAll(attack => attack.Count.Value > 0));
        while (!IsOver(Stopwatch.GetElapsedTime(begin)))
        {
            during.Add(MemoryOf(group));
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        await stop.CancelAsync();
        var held = await holder.Stop();
        var admitted = await newcomers;
        await Task.WhenAll(running).WaitAsync(Guards.Wait);
        var end = Stopwatch.GetTimestamp();
        var elections = DemandLeader(group, term, Stopwatch.GetElapsedTime(begin, end));
        await group.Book.Committed(CommitsAfter, since: end);
        await honest.Stop();
        var after = MemoryOf(group);
        Console.Out.WriteLine($"        attempts: {string.Join(", ", attacks.Select(attack => $"{attack.Name} {attack.Count.Value}"))}");
        TrialFailure.IfAny(
            attacks.Find(attack => attack.Count.Value == 0).Name,
            idle => $"the attack '{idle}' was never made: this trial proves nothing about it");
        foreach (var (place, server) in group.Servers.Index())
        {
            List<Memory> sizes = [before[place], .. during.Select(each => each[place]), after[place]];
            Show(server, lines[place], Stopwatch.GetElapsedTime(begin, end), sizes);
        }

        var times = Times(group.Book.Writes, begin, end);
        Demand(group);
        var summary = await group.Check([.. group.Servers]);
        DemandNoDouble(group);
        return $"{summary}; {attacks.Sum(attack => attack.Count.Value)} attempts of {attacks.Count} attacks; {times}; {held}; "
            + $"{admitted} newcomers let in; {elections} elections";
    }

    private static (int Port, long Term) LeaderOf(Trial trial, Group group) =>
        group.Elections.Latest is { } latest ? (trial.FirstPort + group.Servers.IndexOf(latest.Server), latest.Term) : (trial.FirstPort, 0);

    private static IEnumerable<int> Ports(Trial trial) => Enumerable.Range(trial.FirstPort, Servers);

    // The servers apply a request id once, so only their files tell whether a pair is there twice. Their own retries are other Appends.
    private static void DemandNoDouble(Group group)
    {
        foreach (var server in group.Servers)
        {
            var doubled = StoredLog.Of(server.Data).CountBy(pair => pair.Value ?? "")
                .FirstOrDefault(pair => pair.Value > 1 && pair.Key.StartsWith($"{HonestClient.Name}-", StringComparison.Ordinal));
            TrialFailure.IfAny(
                doubled.Key, text => $"{server.Id} has {doubled.Value} pairs of one Append of the honest client: {text}");
        }
    }

    // The log is on standard error; standard output has the lines of the application.
    private static void Show(RaftServer server, int from, TimeSpan time, List<Memory> sizes)
    {
        var said = server.Process.Lines(_ => true).Skip(from).Where(line => line.IsError).ToList();
        var growth = sizes.Max(size => size.All) - sizes[0].All;
        var otherGrowth = sizes.Max(size => size.Other) - sizes[0].Other;
        var samples = Enumerable.Range(0, MemorySamples + 1).Select(part => sizes[(sizes.Count - 1) * part / MemorySamples]).ToList();
        Console.Out.WriteLine($"        {server.Id}: VmRSS {string.Join(' ', samples.Select(size => size.All))} MB, of it the heap "
            + $"{string.Join(' ', samples.Select(size => size.Heap))} MB; at most {growth} MB more than before, without the heap "
            + $"{otherGrowth} MB; {said.Count} lines in the log");
        TrialFailure.IfAny(
            said.Find(line => ErrorLine().IsMatch(line.Text)), error => $"{server.Id} has logged an error: {error.Text}");
        var linesMax = LinesPerMinuteMax * Math.Ceiling(time.TotalMinutes);
        TrialFailure.Unless(
            said.Count <= linesMax,
            $"{server.Id} has written {said.Count} lines into its log; at most {linesMax} are expected. The first: "
                + string.Join('\n', said.Take(LinesPerMinuteMax).Select(line => line.Text)));
        TrialFailure.Unless(
            otherGrowth <= OtherGrowthMaxMegabytes,
            $"the memory of {server.Id} beside the heap grew by {otherGrowth} MB; at most {OtherGrowthMaxMegabytes} MB are expected");
    }

    // The servers start together, and each one knows the others as nodes when they connect. On a busy machine a handshake may end late.
    private static void DemandNoRefusal(Group group)
    {
        foreach (var server in group.Servers)
        {
            var refused = server.Process.Lines(line => line.Text.Contains("Closed a raft connection", StringComparison.Ordinal)
                && !line.Text.Contains("Its handshake took", StringComparison.Ordinal));
            TrialFailure.IfAny(
                refused.FirstOrDefault(), refusal => $"{server.Id} refused a server or the healthy client: {refusal.Text}");
        }
    }

    // A busy machine may keep a leader from its core for longer than an election timeout, but not again and again.
    private static long DemandLeader(Group group, long term, TimeSpan time)
    {
        var (elections, max) = (group.Term - term, ElectionsPerMinuteMax * Math.Ceiling(time.TotalMinutes));
        TrialFailure.Unless(elections <= max, $"the leader lost its term {elections} times; at most {max} are expected");
        return elections;
    }

    private static void Demand(Group group)
    {
        TrialFailure.IfAny(group.Servers.FirstOrDefault(server => !server.IsRunning), dead => $"{dead.Id} has ended");

        // The liar has an attempt too. Its sessions make the group forget those of others, so a retry of the client may end as Unknown.
        TrialFailure.IfAny(group.Book.Writes.FirstOrDefault(IsLost), lost => $"an Append of the healthy client was not committed: {lost}");
    }

    private static bool IsLost(WriteCall call) => call.End != WriteEnd.Committed && call != Liar.Call
        && (call.Client != HonestClient.Name || call.End != WriteEnd.Unknown);

    private static string Times(IReadOnlyList<WriteCall> calls, long begin, long end) =>
        $"an Append before the attacks {Summary(calls.Where(call => call.Ended < begin))}, during them "
        + Summary(calls.Where(call => call.Began >= begin && call.Ended <= end));

    private static string Summary(IEnumerable<WriteCall> calls)
    {
        var times = calls.Select(call => Stopwatch.GetElapsedTime(call.Began, call.Ended)).Order().ToList();
        return times.Count == 0
            ? "none"
            : $"p50 {Gaps.Text(times[(times.Count - 1) / 2])}, p99 {Gaps.Text(times[(times.Count - 1) * 99 / 100])} of {times.Count}";
    }

    // An actor that a message stops logs an error, and what a client does wrong is a warning.
    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d error: ")]
    private static partial Regex ErrorLine();

    // Of each server. A server that has ended has 0; Demand reports it.
    private static Memory[] MemoryOf(Group group) => [.. group.Servers.Select(MemoryOf)];

    private static Memory MemoryOf(RaftServer server)
    {
        var heap = server.Process.Lines(line => ServerLines.Heap(line) is not null).LastOrDefault();
        return new Memory(server.Process.Cost.Megabytes, heap is null ? 0 : ServerLines.Heap(heap)!.Value);
    }

    /// <summary>In megabytes.</summary>
    private readonly record struct Memory(long All, long Heap)
    {
        public long Other => All - Heap;
    }
}
