using CoordinationTrials.Node;
using CoordinationTrials.Processes;

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
        Dictionary<string, FaultRecord> records = [];
        List<string> lostMajorities = [];
        for (var round = 1; round <= rounds; round++)
        {
            if ((round - 1) % faults.Length == 0)
            {
                trial.Random.Shuffle(faults);
            }

            var fault = faults[(round - 1) % faults.Length];
            if (!records.TryGetValue(fault.Name, out var record))
            {
                records.Add(fault.Name, record = new());
            }

            try
            {
                await fault.Make(trial, record);
                var lost = await trial.Nodes.Recovered();
                record.AddRound(lost.Count);
                if (lost.Count > Nodes.Count - Nodes.Majority)
                {
                    lostMajorities.Add(
                        $"majority lost: the nodes {string.Join(", ", lost.Select(node => node.Number).Order())} ended in round {round}, "
                            + fault.Name);
                }
            }
            catch (TrialFailure failure)
            {
                throw new TrialFailure($"seed {trial.Seed}, round {round}, {fault.Name}: {failure.Message}");
            }
        }

        var overlaps = trial.Nodes.Register.Problems;
        string[] problems = [.. lostMajorities, .. overlaps];
        var found = string.Join("; ", records.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key}: {each.Value}"))
            + $"; {Summary(trial, problems)}";

        // Overlaps fail with leases and tokens. Lost majorities fail if this project decides, and not Akka's resolver.
        var fails = (overlaps.Count > 0 && trial.Downing != Downing.KeepMajority)
            || (lostMajorities.Count > 0 && trial.Downing == Downing.Raft);
        return fails ? throw new TrialFailure(found) : found;
    }

    private static string Summary(Trial trial, string[] problems) =>
        $"{trial.Nodes.Register.Accepted} writes accepted, {trial.Nodes.Register.Refused} refused, {trial.Nodes.Stranded} nodes stranded, "
            + $"{problems.Length} problems{string.Concat(problems.Take(10).Select(each => $"\n  {each}"))} (seed {trial.Seed})";
}
