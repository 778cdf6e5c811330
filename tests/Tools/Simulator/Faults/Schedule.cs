using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// The faults of one seed, drawn before it begins: a list, so that parts of it can be left out. Each seed has only a few kinds of
/// faults. Combinations that are rare among all kinds are frequent among few.
/// </summary>
internal static class Schedule
{
    /// <summary>The weight of each kind in the choice, and the bounds of its duration in ticks.</summary>
    private static readonly (FaultKind Kind, int Weight, int Least, int Most)[] Kinds =
    [
        (FaultKind.Crash, 12, 1, 60),
        (FaultKind.CrashAll, 2, 1, 20),
        (FaultKind.CrashAfterVote, 6, 20, 60),
        (FaultKind.Partition, 14, 10, 90),
        (FaultKind.Usurp, 12, 8, 50),
        (FaultKind.Strand, 12, 2, 30),
        (FaultKind.Loss, 4, 10, 60),
        (FaultKind.Delay, 6, 10, 60),
        (FaultKind.Duplicate, 3, 10, 60),
        (FaultKind.SlowDisk, 5, 10, 60),
        (FaultKind.StuckDisk, 4, 5, 60),
        (FaultKind.FullDisk, 4, 5, 60),
        (FaultKind.Pause, 5, 2, 50),
        (FaultKind.Hint, 6, 0, 0),
        (FaultKind.Wipe, 3, 1, 40),
        (FaultKind.Restore, 3, 1, 40),
        (FaultKind.Damage, 4, 1, 40),
        (FaultKind.Join, 4, 0, 0),
        (FaultKind.Leave, 3, 0, 0),
        (FaultKind.Assign, 6, 0, 0),
        (FaultKind.Resize, 5, 0, 0),
        (FaultKind.Transfer, 6, 0, 0),
        (FaultKind.Snapshot, 12, 0, 0),
    ];

    /// <summary>
    /// Adds times of <see cref="FaultKind.Pairs"/>. Most of the other faults give way to them, because a group that is never well reaches
    /// few states.
    /// </summary>
    public static void AddPairs(List<FaultEvent> events, Prng prng, long begin, long end)
    {
        var number = events.Count;
        events.RemoveAll(_ => prng.Chance(80));
        for (var at = begin + prng.Between(5000, 50_000); at < end; at += prng.Between(1000, 10_000))
        {
            var lasts = prng.Between(50, 150) * 1000L;
            events.Add(new FaultEvent(++number, FaultKind.Pairs, at, lasts, prng.Next()));
            at += lasts;
        }
    }

    public static List<FaultEvent> Draw(Prng prng, FaultSet allowed, long begin, long end, GroupPlan plan)
    {
        var kinds = new List<(FaultKind Kind, int Weight, int Least, int Most)>();
        var presence = prng.Between(20, 90);
        foreach (var kind in Kinds)
        {
            // Usurping is the fault that leases must withstand.
            var isDrawn = prng.Chance(presence) || (plan.HasLeases && kind.Kind == FaultKind.Usurp);
            if (isDrawn && allowed.Has(kind.Kind))
            {
                kinds.Add(plan.HasLeases && kind.Kind == FaultKind.Usurp ? kind with { Weight = 3 * kind.Weight } : kind);
            }
        }

        var events = new List<FaultEvent>();
        if (kinds.Count == 0)
        {
            return events;
        }

        if (plan.WipesEarly && allowed.Has(FaultKind.Wipe))
        {
            // During the founding, when votes count by name.
            events.Add(new FaultEvent(1, FaultKind.Partition, begin + prng.Between(1, 30_000), prng.Between(5000, 60_000), prng.Next()));
            events.Add(new FaultEvent(2, FaultKind.Wipe, begin + prng.Between(1, 60_000), prng.Between(100, 5000), prng.Next()));
        }

        var total = kinds.Sum(kind => kind.Weight);
        var gap = (plan.IsPlain ? prng.Between(5, 30) : prng.Between(6, 45)) * 1000;
        for (var at = begin + prng.Between(0, gap); at < end; at += prng.Between(100, 2 * gap))
        {
            var dice = prng.Between(1, total);
            var chosen = kinds[0];
            foreach (var kind in kinds)
            {
                if ((dice -= kind.Weight) <= 0)
                {
                    chosen = kind;
                    break;
                }
            }

            var lasts = prng.Between(chosen.Least, chosen.Most) * 1000L;
            events.Add(new FaultEvent(events.Count + 1, chosen.Kind, at, lasts, prng.Next()));
        }

        return events;
    }
}
