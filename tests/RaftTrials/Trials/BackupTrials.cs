using System.Text.Json;

using RaftTrials.Check;
using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>Backs a group up under load, restores three other servers from the file, and compares the logs of both groups.</summary>
internal static class BackupTrials
{
    private const int Members = 3;
    private const int Writers = 3;
    private const int KillEvery = 3;
    private const int IncrementalEvery = 2;
    private const string Last = "after the restore";

    public static async Task<string> Restore(Trial trial)
    {
        var group = trial.Group(Members);
        List<RaftServer> first = [.. group.Servers], second = [.. trial.OtherGroup(Members).Servers];
        group.StartAll();
        await group.Elections.After(0, Guards.Wait);
        var load = group.Load("w", Writers, first);
        await group.Journal.CommittedToEach(load.Writers, 0, Guards.Wait);
        var (rounds, messages, kills) = (trial.Rounds(100), 0L, 0);
        for (var round = 1; round <= rounds; round++)
        {
            var backing = BackUp(trial, group, first, round);
            if (round % KillEvery == 0)
            {
                kills++;
                var election = group.Elections.Latest!;
                election.Server.Kill();
                await group.Elections.After(election.Term, Guards.Wait);
                election.Server.Start();
                await election.Server.Follows();
            }

            var (files, serial) = await backing;
            messages += await RestoreAndCompare(first, second, files, serial);
            files.ForEach(File.Delete);
        }

        return $"{await group.Check(first)}; {rounds} of {rounds} restored groups had equal logs, {messages} messages in all; "
            + $"{kills} leaders killed during a backup";
    }

    // Every second backup is a full one with an incremental one behind it.
    private static async Task<(List<string> Files, long Serial)> BackUp(Trial trial, Group group, List<RaftServer> servers, int round)
    {
        var committed = group.Journal.Attempts.Count(attempt => attempt.Outcome == Outcome.Committed);
        var full = Path.Combine(trial.Work, $"{round}.backup");
        var serial = await BackUp(servers, full);
        if (serial < committed)
        {
            throw new TrialFailure($"{committed} messages were committed before the backup of round {round}, which ends at {serial}");
        }

        if (round % IncrementalEvery != 0)
        {
            return ([full], serial);
        }

        var more = Path.Combine(trial.Work, $"{round}.more.backup");
        return ([full, more], await BackUp(servers, more, "--continues", full));
    }

    // The process whose store is read may be killed meanwhile. Then the command fails, and leaves no file.
    private static async Task<long> BackUp(List<RaftServer> servers, string file, params IReadOnlyList<string> options)
    {
        Finished? run = null;
        await Poll.Until(
            async () => (run = await RaftProgram.Run(Host.Here, ["backup", file, "--json", "-S", ListOf(servers), .. options])).Code == 0,
            () => $"'raft backup' still says: {run},");
        return JsonDocument.Parse(run!.Output[0]).RootElement.GetProperty("serial").GetInt64();
    }

    private static async Task<long> RestoreAndCompare(List<RaftServer> first, List<RaftServer> second, List<string> files, long serial)
    {
        var (id, members) = (Guid.NewGuid(), string.Join(',', second.Select(server => $"raft@{server.Id}")));
        foreach (var server in second)
        {
            await Succeed(
                [
                    "restore", .. files, "--data", server.Data, "--process", $"raft@{server.Id}", "--members", members, "--id", $"{id}",
                ]);
            server.Start();
        }

        // 'print --here' asks one server, which may lag behind the others.
        await Succeed(["append", Last, "-S", ListOf(second)]);
        var restored = await Print(second, lines => lines is [.., var last] && last.EndsWith(Last, StringComparison.Ordinal));
        restored.RemoveAt(restored.Count - 1);
        var original = await Print(first, lines => lines.Count >= restored.Count);
        if (!restored.SequenceEqual(original.Take(restored.Count)) || SerialOf(original[restored.Count..]) <= serial)
        {
            throw new TrialFailure($"the restored log of {restored.Count} messages up to serial {serial} differs from that of the group");
        }

        foreach (var server in second)
        {
            server.Kill();
            server.Wipe();
        }

        return restored.Count;
    }

    // The serial of the first line; the highest one if there is none.
    private static long SerialOf(IReadOnlyList<string> lines) => lines is [var line, ..] ? long.Parse(line.Split(' ')[0]) : long.MaxValue;

    private static string ListOf(List<RaftServer> servers) => string.Join(',', servers.Select(server => server.Id));

    private static async Task<List<string>> Print(List<RaftServer> servers, Func<List<string>, bool> isIt)
    {
        List<string> lines = [];
        await Poll.Until(
            async () => isIt(lines = [.. (await Succeed(["print", "--here", "-S", ListOf(servers)])).Output]),
            () => $"'raft print --here' still has {lines.Count} messages, the last of them '{lines.LastOrDefault()}',");
        return lines;
    }

    private static async Task<Finished> Succeed(IReadOnlyList<string> arguments)
    {
        Finished? run = null;
        await Poll.Until(
            async () => (run = await RaftProgram.Run(Host.Here, arguments)).Code == 0,
            () => $"'raft {string.Join(' ', arguments)}' still says: {run},");
        return run!;
    }
}
