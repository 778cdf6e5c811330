namespace RaftTrials.Trials;

/// <summary>
/// Backs a group up under load while its leader is killed, restores three other servers from the files, and compares the logs of both
/// groups. The load goes on for <see cref="RoundsOfGroup"/> rounds. Then another group begins, because each round prints the whole log.
/// </summary>
internal static class BackupTrials
{
    private const int Members = 3;
    private const int Writers = 3;
    private const int RoundsOfGroup = 10;
    private const int IncrementalEvery = 2;
    private const int OfLeaderEvery = 3;
    private const string Last = "after the restore";

    public static async Task<string> Restore(Trial trial)
    {
        var rounds = trial.Rounds(100);
        List<RaftServer> restored = [.. trial.OtherGroup(Members).Servers];
        Tally tally = new();
        for (var done = 0; done < rounds; done += RoundsOfGroup)
        {
            await Rounds(trial, Enumerable.Range(done + 1, Math.Min(RoundsOfGroup, rounds - done)), restored, tally);
        }

        return $"{tally.Committed} committed; {rounds} of {rounds} restored groups had equal logs, {tally.Messages} messages and "
            + $"{tally.Bytes >> 10} KiB of backups in all; {tally.Kills} leaders killed, {tally.KillsInside} of them before the file was "
            + "whole";
    }

    private static async Task Rounds(Trial trial, IEnumerable<int> rounds, List<RaftServer> restored, Tally tally)
    {
        var group = trial.OtherGroup(Members);
        List<RaftServer> servers = [.. group.Servers];
        await group.StartAndElect();
        var load = group.Load("w", Writers, servers);
        await group.Book.CommittedToEach(load.Writers, 0);
        foreach (var round in rounds)
        {
            var (files, serial) = await BackUp(trial, group, servers, round, tally);
            tally.Messages += await RestoreAndCompare(servers, restored, files, serial);
            foreach (var file in files)
            {
                tally.Bytes += new FileInfo(file).Length;
                File.Delete(file);
            }
        }

        await group.Check(servers);
        tally.Committed += Committed(group);
        group.Dispose();
        servers.ForEach(server => server.Wipe());
    }

    private static int Committed(Group group) => group.Book.Writes.Count(call => call.End == WriteEnd.Committed);

    // Every second backup is a full one with an incremental one behind it. The leader is killed during the last file.
    private static async Task<(List<string> Files, long Serial)> BackUp(
        Trial trial, Group group, List<RaftServer> servers, int round, Tally tally)
    {
        var committed = Committed(group);
        List<string> files = [Path.Combine(trial.Work, $"{round}.backup")];
        if (round % IncrementalEvery == 0)
        {
            await BackUp(servers, files[0]);
            files.Add(Path.Combine(trial.Work, $"{round}.more.backup"));
        }

        var leader = group.Elections.Latest!.Server;
        string[] options =
        [
            .. files.Count > 1 ? ["--continues", files[0]] : Array.Empty<string>(),
            .. round % OfLeaderEvery == 0 ? ["--process", $"raft@{leader.Id}"] : Array.Empty<string>(),
        ];
        var serial = await KillLeader(group, files[^1], tally, () => BackUp(servers, files[^1], options));
        TrialFailure.Unless(
            serial >= committed, $"{committed} messages were committed before the backup of round {round}, which ends at {serial}");
        return (files, serial);
    }

    // Kills the leader as soon as the backup has begun the folder of its files.
    private static async Task<long> KillLeader(Group group, string file, Tally tally, Func<Task<long>> backUp)
    {
        var (folder, name) = (Path.GetDirectoryName(file)!, Path.GetFileName(file)); // Justification: the folder of the trial.
        using FileSystemWatcher watcher = new(folder, $"{name}.*.part");
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, _) => begun.TrySetResult();
        watcher.EnableRaisingEvents = true;
        var backing = backUp();
        await Task.WhenAny(begun.Task, backing);
        var election = group.Elections.Latest!;
        election.Server.Kill();
        tally.Kills++;
        tally.KillsInside += backing.IsCompleted || File.Exists(file) ? 0 : 1;
        await group.Elections.After(election.Term);
        election.Server.Start();
        await election.Server.Follows();
        return await backing;
    }

    // If the process whose store is read is killed, the command may fail, and leaves no file.
    private static async Task<long> BackUp(List<RaftServer> servers, string file, params IReadOnlyList<string> options)
    {
        var run = await RaftTool.Until(["backup", file, "--json", "-S", Group.ListOf(servers), .. options]);
        return run.Json.First().GetProperty("serial").GetInt64();
    }

    private static async Task<long> RestoreAndCompare(List<RaftServer> first, List<RaftServer> second, List<string> files, long serial)
    {
        var (id, members) = (Guid.NewGuid(), string.Join(',', second.Select(server => $"raft@{server.Id}")));
        foreach (var server in second)
        {
            await RaftTool.Until(
                [
                    "restore", .. files, "--data", server.Data, "--process", $"raft@{server.Id}", "--members", members, "--id", $"{id}",
                ]);
            server.Start();
        }

        // 'print --here' asks one server, which may lag behind the others.
        await RaftTool.Until(["append", Last, "-S", Group.ListOf(second)]);
        var restored = await Print(second, lines => lines is [.., var last] && last.EndsWith(Last, StringComparison.Ordinal));
        restored.RemoveAt(restored.Count - 1);
        var original = await Print(first, lines => lines.Count >= restored.Count);
        TrialFailure.Unless(
            restored.SequenceEqual(original.Take(restored.Count)) && SerialOf(original[restored.Count..]) > serial,
            $"the restored log of {restored.Count} messages up to serial {serial} differs from that of the group");
        foreach (var server in second)
        {
            server.Kill();
            server.Wipe();
        }

        return restored.Count;
    }

    // The serial of the first line; the highest one if there is none.
    private static long SerialOf(IReadOnlyList<string> lines) => lines is [var line, ..] ? long.Parse(line.Split(' ')[0]) : long.MaxValue;

    private static async Task<List<string>> Print(List<RaftServer> servers, Func<IReadOnlyList<string>, bool> isIt) =>
        [.. (await RaftTool.Until(["print", "--here", "-S", Group.ListOf(servers)], run => run.Code == 0 && isIt(run.Output))).Output];

    /// <summary>The sums of all rounds.</summary>
    private sealed class Tally
    {
        public long Committed { get; set; }

        public long Messages { get; set; }

        public long Bytes { get; set; }

        public int Kills { get; set; }

        public int KillsInside { get; set; }
    }
}
