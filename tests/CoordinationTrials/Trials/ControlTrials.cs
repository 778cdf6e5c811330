using CoordinationTrials.Node;

namespace CoordinationTrials.Trials;

/// <summary>Shows that the faults and the register do something. Otherwise the other trials could hold without any stale write.</summary>
internal static class ControlTrials
{
    /// <summary>
    /// Freezes holders. At least one of them must write again after its successor: a write that the register refuses, or an overlap if
    /// there are no tokens.
    /// </summary>
    public static async Task<string> Freeze(Trial trial)
    {
        await trial.Start(onNetwork: false);
        var rounds = trial.Rounds(5);
        for (var round = 1; round <= rounds; round++)
        {
            await Faults.Freeze.Make(trial, new(trial));
            await trial.Nodes.Recovered();
            var register = trial.Nodes.Register;
            var stale = trial.Downing == Downing.KeepMajority ? register.Problems.Count : register.Refused;
            if (stale > 0)
            {
                return $"round {round}: {stale} stale writes {(trial.Downing == Downing.KeepMajority ? "accepted" : "refused")}";
            }
        }

        throw new TrialFailure(
            $"no frozen holder has written after its successor in {rounds} rounds: the fault or the register does nothing");
    }
}
