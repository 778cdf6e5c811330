using RaftTrials.Servers;
using RaftTrials.Trials;

namespace RaftTrials;

/// <summary>The trials by name.</summary>
internal static class AllTrials
{
    private static readonly (string Name, Func<Trial, Task<string>> Run)[] Here =
    [
        ("kill-leader", KillTrials.Leader),
        ("kill-all", KillTrials.All),
        ("wiped-disk", KillTrials.Wipe),
        ("frozen-leader", KillTrials.Freeze),
        ("heal-one", HealTrials.OneAfterAnother),
        ("heal-two", HealTrials.TwoAtOnce),
        ("churn", ChurnTrials.Members),
        ("bad-input", InputTrials.All),
        ("clients", ClientTrials.KillLeader),
        ("hostile", HostileTrials.Secrets),
        ("hostile-tls", HostileTrials.Certificates),
    ];

    private static readonly (string Name, Func<Trial, Task<string>> Run)[] OnNetworks =
    [
        ("split", SplitTrials.Halves),
        ("split-one-way", SplitTrials.OneWay),
        ("split-loss", SplitTrials.Loss),
        ("split-delay", SplitTrials.Delay),
        ("split-frozen", SplitTrials.Freeze),
    ];

    public static int CanRun(string tools, string only)
    {
        if (Named(OnNetworks, only).Any() && Network.Problem(tools) is { } reason)
        {
            Console.Out.WriteLine($"not run: trials on networks ({reason})");
            return 1;
        }

        return 0;
    }

    public static async Task<int> Run(string tools, string only, int? rounds, int? seconds, int port)
    {
        var work = Directory.CreateTempSubdirectory("rafttrials").FullName;
        try
        {
            var canRun = CanRun(tools, only);
            var trials = Named(Here, only).Concat(canRun == 0 ? Named(OnNetworks, only) : []);
            return Math.Max(
                canRun, await TrialRunner.Run(trials, name => new Trial(Path.Combine(work, name), tools, port, rounds, seconds)));
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static IEnumerable<(string Name, Func<Trial, Task<string>> Run)> Named(
        IEnumerable<(string Name, Func<Trial, Task<string>> Run)> trials, string only) =>
        trials.Where(trial => trial.Name.Contains(only, StringComparison.Ordinal));
}
