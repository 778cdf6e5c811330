using CoordinationTrials.Check;
using CoordinationTrials.Faults;
using CoordinationTrials.Node;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Trials;

/// <summary>One trial of processes.</summary>
internal sealed class Trial(string work, ParseResult options) : TrialScope(work, options)
{
    private static readonly (string Name, Downing Downing)[] Strategies =
        [("lease", Node.Downing.Lease), ("raft", Node.Downing.Raft), ("keep-majority", Node.Downing.KeepMajority)];

    private readonly int _seed = options.GetValue(SeedOption) ?? Random.Shared.Next(1_000_000);

    /// <summary>Path of the file of results.</summary>
    public static Option<string?> ResultsOption { get; } = new("--results")
    {
        Description = "Appends a line of JSON to this file after each round. The command sum adds such files.",
        HelpName = "file",
    };

    /// <summary>The folder for logs.</summary>
    public static Option<string?> LogsOption { get; } = new("--logs")
    {
        Description = "Writes all that the nodes log, and what the trial does to them, to this folder.",
        HelpName = "folder",
    };

    public static IReadOnlyList<Option> AllOptions => [DowningOption, SeedOption, ResultsOption, LogsOption, ScaleOption];

    private static Option<int?> SeedOption { get; } = new("--seed")
    {
        Description = "Chooses the faults and their victims. Default: a new one in each run, which the line of a trial names.",
        HelpName = "n",
    };

    private static Option<int> ScaleOption { get; } = new("--scale")
    {
        Description = "Multiplies the times after which a missing node is downed and its session expires, for a busy machine. Default: 1.",
        HelpName = "n",
        DefaultValueFactory = _ => 1,
    };

    private static Option<string> DowningOption { get; } = new Option<string>("--downing")
    {
        Description = "lease: Akka's lease-majority with the lease of raft. raft: the downing provider of raft. keep-majority: Akka's, "
            + "without leases and tokens, to compare with.",
        DefaultValueFactory = _ => "lease",
    }.AcceptOnlyFromAmong([.. Strategies.Select(each => each.Name)]);

    private Downing Downing => Strategies.First(each => each.Name == Options.GetRequiredValue(DowningOption)).Downing;

    public static string NameOf(Downing downing) => Strategies.First(each => each.Downing == downing).Name;

    /// <summary>Makes the faults, each of them followed by the recovery of all nodes.</summary>
    /// <param name="usual">The default number of rounds.</param>
    public async Task<string> Run(int usual, params Fault[] faults) => await Run(null, usual, faults);

    /// <summary>Runs the nodes in network namespaces. As above otherwise.</summary>
    public async Task<string> RunOnNetwork(int usual, params Fault[] faults) => await Run(await Hosts(FaultyCluster.Count), usual, faults);

    /// <summary>
    /// Shows that the faults and the register do something. Freezes holders, and at least one of them must write again after its successor:
    /// a write that the register refuses, or an overlap if there are no tokens.
    /// </summary>
    public async Task<string> Control()
    {
        var (cluster, rounds) = (Cluster(null), Rounds(5));
        var results = await cluster.Rounds(rounds, [Fault.Freeze], until: each => StaleWrites(each) > 0);
        Demand(results);
        return StaleWrites(results[^1]) is var stale and > 0
            ? $"round {results.Count}: {stale} stale writes {(Downing == Downing.KeepMajority ? "accepted" : "refused")}"
            : throw new TrialFailure(
                $"no frozen holder has written after its successor in {rounds} rounds: the fault or the register does nothing");

        int StaleWrites(RoundResult result) => Downing == Downing.KeepMajority ? result.Problems.Count : result.Refused;
    }

    /// <summary>
    /// Starts the nodes cold, exchanges them one after the other, kills all of them, and so on, without seed nodes. Fails if there are two
    /// clusters, or if the nodes do not come into one.
    /// </summary>
    public async Task<string> Starts()
    {
        var results = await Cluster(null, isByGroup: true).Rounds(Rounds(50), [Fault.Rollout, Fault.Cold], Options.GetValue(ResultsOption));
        Demand(results);
        return $"seed {_seed}, {results.Count} rollouts and cold starts of one cluster each; it took "
            + FormattableString.Invariant($"{results.Max(each => each.FaultSeconds + each.RecoverySeconds):0.0} s at the longest");
    }

    private async Task<string> Run(Network? network, int usual, Fault[] faults)
    {
        var results = await Cluster(network).Rounds(Rounds(usual), faults, Options.GetValue(ResultsOption));
        Demand(results);
        var found = $"seed {_seed}\n{Totals.Of(results)}";

        // Overlaps fail with leases and tokens. Lost majorities fail if this project decides, and not Akka's resolver.
        var fails = (results.Any(each => each.Problems.Count > 0) && Downing != Downing.KeepMajority)
            || (results.Any(Totals.IsMajorityLost) && Downing == Downing.Raft);
        return fails ? throw new TrialFailure(found) : found;
    }

    private void Demand(IReadOnlyList<RoundResult> results)
    {
        if (results is [.., { Failure: { } failure } last])
        {
            throw new TrialFailure($"seed {_seed}, round {last.Round}, {last.Fault}: {failure}\n{Totals.Of(results)}");
        }
    }

    private ProcessCluster Cluster(Network? network, bool isByGroup = false)
    {
        var logs = Options.GetValue(LogsOption) is { } folder
            ? Directory.CreateDirectory(Path.Combine(folder, $"{NameOf(Downing)}-{_seed}")).FullName
            : null;
        return Own(new ProcessCluster(
            Work, isByGroup ? Downing.Raft : Downing, _seed, Options.GetValue(ScaleOption), network, logs, isByGroup));
    }
}
