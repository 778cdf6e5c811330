using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>Quiescent processes: nodes send beats to each other and wake the processes that depend on a silent one.</content>
internal sealed partial class Simulation
{
    private readonly Prng _beats;

    /// <summary>A tick of a process for which its node watches: a quiescent one, or one that woke and has heard no leader yet.</summary>
    private void Watch(SimulatedProcess process, QuietWatch watch)
    {
        var hasBeats = watch.Tick(process.Options.HeartbeatTicks);
        foreach (var name in watch.Names)
        {
            var other = _processes[_numbers[name]];
            if (!hasBeats || !HearsBeat(process, other))
            {
                if (watch.Miss(name) >= process.Options.ElectionTimeoutMinTicks)
                {
                    Step(process, new Input.PeerUnreachable(name));
                    return;
                }
            }
            else if (watch.Hear(name, isSame: watch.Leader != other.Member || LeadsAs(other, watch)) >= QuietWatch.DifferencesMax)
            {
                Step(process, Input.Wake.Instance);
                return;
            }
        }
    }

    // With other groups on the same nodes beats come whatever this group does.
    private bool HearsBeat(SimulatedProcess process, SimulatedProcess other) =>
        other is { IsRunning: true, IsPaused: false }
        && !_network.IsCut(other.Number, process.Number)
        && !_beats.Chance(_network.Loss)
        && (_plan.HasOtherGroups || other.Watch?.Watches(process.Name) == true);

    private static bool LeadsAs(SimulatedProcess leader, QuietWatch watch) =>
        leader.Watch is { } own && own.Leader == leader.Member && own.Term == watch.Term;

    /// <summary>
    /// Whether all members are quiescent, if the group may be. It may not while it names a process that has lost its store: the leader
    /// tells that one so again and again.
    /// </summary>
    private bool IsAtRest()
    {
        var members = _ledger.Configuration!.Everybody().ToList();
        return _plan.QuiesceTicks == 0
            || members.Exists(member => _processes[_numbers[member.Name]].Member != member)
            || members.TrueForAll(member => _processes[_numbers[member.Name]].Core is { IsQuiescent: true });
    }
}
