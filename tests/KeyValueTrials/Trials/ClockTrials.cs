using System.Diagnostics;

using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>Wall clocks that jump and run fast. The monotonic clock stays, as on a machine whose time of day is set.</summary>
internal static class ClockTrials
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    /// <summary>By how much the clock of one node jumps, in seconds and in the words of the library. The last one runs fast.</summary>
    private static readonly (string Words, int Seconds)[] Jumps =
        [("+3600", 3600), ("-7200", -7200), ("+86400", 86400), ("+0", 0), ("-1", -1), ("+0 x50", 0)];

    // Null: it is not installed.
    private static string? Library => Directory.GetDirectories("/usr/lib", "*-linux-gnu")
        .Select(folder => Path.Combine(folder, "faketime/libfaketimeMT.so.1")).FirstOrDefault(File.Exists);

    /// <summary>Why this machine cannot change the clock of a process, with the remedy; null: it can.</summary>
    public static string? Problem() => Library is null ? "it needs libfaketime: run 'apt-get install faketime'" : null;

    /// <summary>The clock of the leader jumps, then that of another node, and so on.</summary>
    public static async Task<string> Jump(Trial trial)
    {
        var cluster = trial.Nodes(3);
        foreach (var node in cluster.Nodes)
        {
            File.WriteAllText(FileOf(node), "+0");
        }

        await cluster.StartAll(node => new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library!, // Justification: the trial has no problem, so it is there.
            ["FAKETIME_TIMESTAMP_FILE"] = FileOf(node),
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        var downtimes = new Downtimes();
        for (var round = 0; round < trial.Rounds(24); round++)
        {
            var leader = await cluster.Leader();
            var node = round % 2 == 0 ? leader : cluster.Nodes.First(other => other != leader);
            var (words, seconds) = Jumps[round / 2 % Jumps.Length];
            var jumped = Stopwatch.GetTimestamp();
            File.WriteAllText(FileOf(node), words);
            await Task.Delay(Length);
            var ahead = (await cluster.TimeOf(node) - DateTimeOffset.UtcNow).TotalSeconds;
            var isFast = words.Contains('x', StringComparison.Ordinal);
            if (isFast ? ahead < 60 : Math.Abs(ahead - seconds) > 30)
            {
                throw new TrialFailure($"the clock of {node.Name} is {ahead:0} s ahead after '{words}': it has not jumped");
            }

            await KillTrials.Recovered(cluster, node);
            downtimes.Add(cluster, jumped);
        }

        return $"{downtimes}; {await cluster.Check(cluster.Nodes)}";

        string FileOf(KeyValueNode node) => trial[$"clock{node.Number}"];
    }
}
