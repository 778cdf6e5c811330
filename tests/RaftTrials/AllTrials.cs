using RaftTrials.Trials;

namespace RaftTrials;

/// <summary>The trials by name.</summary>
internal static class AllTrials
{
    public static IReadOnlyList<NamedTrial<Trial>> List { get; } =
    [
        new("kill-leader", KillTrials.Leader),
        new("kill-all", KillTrials.All),
        new("wiped-disk", KillTrials.Wipe),
        new("frozen-leader", KillTrials.Freeze),
        new("heal-one", HealTrials.OneAfterAnother),
        new("heal-two", HealTrials.TwoAtOnce),
        new("churn", ChurnTrials.Members),
        new("bad-input", InputTrials.All),
        new("clients", ClientTrials.KillLeader),
        new("hostile", HostileTrials.Secrets),
        new("hostile-tls", HostileTrials.Certificates),
        new("split-control", SwitchTrials.Control, Network.Problem),
        new("split", SplitTrials.Halves, Network.Problem),
        new("split-one-way", SplitTrials.OneWay, Network.Problem),
        new("split-loss", SplitTrials.Loss, Network.Problem),
        new("split-delay", SplitTrials.Delay, Network.Problem),
        new("split-frozen", SplitTrials.Freeze, Network.Problem),
    ];
}
