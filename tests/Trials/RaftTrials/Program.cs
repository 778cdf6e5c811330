using RaftTrials.Clients;
using RaftTrials.Hostile;
using RaftTrials.Load;
using RaftTrials.Trials;

namespace RaftTrials;

internal static class RaftProgram
{
    /// <summary>The name of the command. The commands of its processes follow it.</summary>
    public const string Name = "raft";

    public static Command Command() => TrialProgram.Command(
        Name,
        "Runs raft servers as processes under load; kills, freezes, partitions and replaces them; then checks all answers against the log.",
        [
            new("kill-leader", KillTrials.Leader),
            new("kill-all", KillTrials.All),
            new("wiped-disk", KillTrials.Wipe),
            new("frozen-leader", KillTrials.Freeze),
            new("heal-one", HealTrials.OneAfterAnother),
            new("heal-two", HealTrials.TwoAtOnce),
            new("churn", ChurnTrials.Members),
            new("backup", BackupTrials.Restore),
            new("lost-majority", LostMajorityTrials.Recover),
            new("upgrade", UpgradeTrials.FromReleased, Checkout.ReleasedProblem),
            new("next-level", UpgradeTrials.ToNextLevel),
            new("rolling", RollingTrials.Change),
            new("faults", FaultTrials.Find),
            new("clients", ClientTrials.KillLeader),
            new("crowd", CrowdTrials.RollOut),
            new("translated", TranslationTrials.KillLeader, Network.TranslationProblem),
            new("hostile", HostileTrials.All),
            new("gray-reads", GrayTrials.ReadsHang, FaultyDisk.Problem),
            new("gray-disk", GrayTrials.SlowDisk, FaultyDisk.Problem),
            new("gray-mute", GrayTrials.Mute, Network.Problem),
            new("gray-clock", GrayTrials.ClockJumps, WallClock.Problem),
            new("gray-memory", GrayTrials.MemoryGone, MemoryGroup.Problem),
            new("gray-frozen", GrayTrials.FrozenAgain),
            new("soak", SoakTrials.Flat),
            new("split-control", SwitchTrials.Control, Network.Problem),
            new("split", SplitTrials.Halves, Network.Problem),
            new("split-one-way", SplitTrials.OneWay, Network.Problem),
            new("split-loss", SplitTrials.Loss, Network.Problem),
            new("split-delay", SplitTrials.Delay, Network.Problem),
            new("split-frozen", SplitTrials.Freeze, Network.Problem),
        ],
        (work, parsed) => new Trial(work, parsed),
        Trial.AllOptions,
        LoadCommand.Build(),
        MemberCommand.Build(),
        CrowdCommand.Build(),
        TargetCommand.Build());
}
