using System.Diagnostics;

using CoordinationTrials.Check;
using CoordinationTrials.Node;

namespace CoordinationTrials.Trials;

/// <summary>Rounds of faults, each of them followed by the recovery of all nodes.</summary>
internal static class FaultTrials
{
    /// <param name="usual">The default number of rounds.</param>
    /// <param name="faults">They are made in an order of the seed, each of them once before one is repeated.</param>
    public static Task<string> Run(Trial trial, int usual, params Fault[] faults) => Run(trial, trial.Rounds(usual), false, faults);

    /// <summary>Runs the nodes in network namespaces. As above otherwise.</summary>
    public static Task<string> RunOnNetwork(Trial trial, int usual, params Fault[] faults) =>
        Run(trial, trial.Rounds(usual), true, faults);

    private static async Task<string> Run(Trial trial, int rounds, bool onNetwork, Fault[] faults)
    {
        await trial.Start(onNetwork);
        List<RoundResult> results = [];
        for (var round = 1; round <= rounds; round++)
        {
            if ((round - 1) % faults.Length == 0)
            {
                trial.Random.Shuffle(faults);
            }

            var result = await Round(trial, round, faults[(round - 1) % faults.Length]);
            results.Add(result);
            if (trial.Results is { } file)
            {
                result.AppendTo(file);
            }

            if (result.Failure is { } failure)
            {
                throw new TrialFailure($"seed {trial.Seed}, round {round}, {result.Fault}: {failure}\n{Totals.Of(results)}");
            }
        }

        var found = $"seed {trial.Seed}\n{Totals.Of(results)}";

        // Overlaps fail with leases and tokens. Lost majorities fail if this project decides, and not Akka's resolver.
        var fails = (results.Any(each => each.Problems.Count > 0) && trial.Downing != Downing.KeepMajority)
            || (results.Any(Totals.IsMajorityLost) && trial.Downing == Downing.Raft);
        return fails ? throw new TrialFailure(found) : found;
    }

    private static async Task<RoundResult> Round(Trial trial, int number, Fault fault)
    {
        var (nodes, at) = (trial.Nodes, Stopwatch.GetTimestamp());
        var (register, stranded) = (nodes.Register, nodes.Stranded);
        var (accepted, refused, problems) = (register.Accepted, register.Refused, register.Problems.Count);
        Disruption disruption = new(trial);
        TimeSpan faultTime = default;
        IEnumerable<int> ended = [];
        string? failure = null;
        trial.Note($"round {number}: {fault.Name}");
        try
        {
            await fault.Make(trial, disruption);
            faultTime = Stopwatch.GetElapsedTime(at);
            trial.Note("the fault has ended");
            ended = (await nodes.Recovered()).Select(node => node.Number);
            trial.Note($"recovered; ended: {string.Join(", ", ended)}");
        }
        catch (TrialFailure e)
        {
            failure = e.Message;
            ended = nodes.Ended.Select(node => node.Number);
        }

        return new(
            Options.NameOf(trial.Downing),
            trial.Seed,
            number,
            fault.Name,
            disruption.Detail,
            [.. ended.Order()],
            nodes.Stranded - stranded,
            register.Accepted - accepted,
            register.Refused - refused,
            [.. register.Problems.Skip(problems)],
            Math.Round(faultTime.TotalSeconds, 1),
            Math.Round((Stopwatch.GetElapsedTime(at) - faultTime).TotalSeconds, 1),
            [.. disruption.Takeovers()],
            failure);
    }
}
