using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>
/// Features that meet at a process. During <see cref="FaultKind.Pairs"/> some are brought about, because chance alone rarely combines
/// them.
/// </content>
internal sealed partial class Simulation
{
    private const Feature Unrest = Feature.Cut | Feature.Rival | Feature.Unsettled | Feature.SlowDisk;

    private readonly List<Reaction> _armed = [];
    private readonly bool _hasPairs;
    private Prng _reactions = new(0);
    private long _restsUntil;

    /// <summary>Also looks at features where nothing reacts to them, which takes 4 % of the time.</summary>
    public bool CountsFeatures { get; init; }

    /// <param name="When">What must meet at a process.</param>
    /// <param name="Not">What must not.</param>
    /// <param name="Then">What happens next, for a time.</param>
    private sealed record Reaction(Feature When, Feature Not, Action<SimulatedProcess, Prng, long> Then);

    // The first one goes with all others.
    private Reaction[] Reactions =>
    [
        new(Feature.Ready, Unrest, (leader, prng, _) => Change(leader, prng)),

        // Elections, cut connections and reads while a configuration is joint.
        new(Feature.Ready | Feature.Joint, Feature.Cut, (leader, _, lasts) => Split(leader, leader.Core!.Configuration.OldVoters, lasts)),
        new(Feature.Ready | Feature.Joint, Feature.Cut, (leader, _, lasts) => Split(leader, leader.Core!.Configuration.Voters, lasts)),
        new(Feature.Ready | Feature.Joint, Feature.None, (leader, _, _) => CrashBriefly(leader)),

        // A change of members just before and after a snapshot, and a restart of its receiver.
        new(Feature.Ready, Unrest, StrandChange),
        new(Feature.Ready | Feature.TakesSnapshot, Feature.None, (leader, prng, _) => Change(leader, prng)),
        new(Feature.Receives, Feature.None, (_, prng, _) => Change(TheLeader(), prng)),
        new(Feature.Receives, Feature.None, (receiver, _, _) => CrashBriefly(receiver)),
        new(Feature.Installs, Feature.None, (receiver, _, _) => CrashBriefly(receiver)),

        // Closed connections and elections while the disk of a voter writes: twice, because votes and messages must meet there.
        new(Feature.Writes, Feature.Leads | Feature.Cut | Feature.SlowDisk | Feature.Unadmitted, Depose),
        new(Feature.Writes, Feature.Leads | Feature.SlowDisk | Feature.Unadmitted, Depose),

        // Repeated reads at a process that stands still.
        new(Feature.Ready | Feature.Reads, Feature.Cut, (leader, _, lasts) =>
        {
            Pause(leader, lasts);
            LoseSightOf(leader);
            Burst(leader, 2 * lasts);
        }),
    ];

    /// <summary>Lets few of the reactions happen for a while.</summary>
    private void Arm(Prng prng, long lasts)
    {
        _reactions = prng;
        _armed.AddRange([prng.Any(Reactions), prng.Any(Reactions), prng.Any(Reactions), Reactions[0]]);
        After(lasts, _armed.Clear);
    }

    private void Meet(SimulatedProcess process, Feature features)
    {
        if (!CountsFeatures && !_hasPairs)
        {
            return;
        }

        features |= FeaturesOf(process);
        var (before, met) = (process.Recent(_now), process.Recently(features));
        if (met != before)
        {
            Totals.Meetings.Note(met);
        }

        foreach (var reaction in _armed)
        {
            // New features may be the result of the reaction before. Otherwise the group needs a rest, to come so far again.
            var isNew = !before.HasFlag(reaction.When);
            if (features.HasFlag(reaction.When)
                && (features & reaction.Not) == 0
                && (isNew || _now >= _restsUntil)
                && _reactions.Chance(isNew ? 70 : 10))
            {
                React(process, reaction);
                return;
            }
        }
    }

    private void React(SimulatedProcess process, Reaction reaction)
    {
        var lasts = _reactions.Between(4, 40) * 1000L;
        _restsUntil = _now + _reactions.Between(1000, 40_000);

        // After the step, whose messages are under way by then.
        After(0, () =>
        {
            if (process is { IsRunning: true, IsPaused: false } && !_isHealed)
            {
                _trace?.WriteLine($"{_now / 1000.0,9:F3} {process.Name}: {reaction.When} met");
                reaction.Then(process, _reactions, lasts);
            }
        });
    }

    private Feature FeaturesOf(SimulatedProcess process)
    {
        var number = process.Number;
        var isOld = _restored.Contains(number) || _damage.Has(process);
        var features = (process.IsPaused ? Feature.Paused : Feature.None)
            | (process.Reading.Count > 0 ? Feature.Reads : Feature.None)
            | (process.Disk.Log.Last < process.Log.Last ? Feature.Writes : Feature.None)
            | (process.Disk.IsStuck || _slow.Contains(process) ? Feature.SlowDisk : Feature.None)
            | (_full.Contains(process) ? Feature.FullDisk : Feature.None)
            | (isOld ? Feature.Restored : Feature.None)
            | (process.FormatLevel < Core.Codec.FormatRange.Own.Highest ? Feature.OldProgram : Feature.None)
            | (_network.HasCut(number) ? Feature.Cut : Feature.None);
        if (process.Core is not { } core)
        {
            return features;
        }

        var isUnsettled = core.CommittedConfiguration is var (_, committed) && !ReferenceEquals(committed, core.Configuration);
        features |= (core.IsAdmitted ? Feature.None : Feature.Unadmitted)
            | (core.IsQuiescent ? Feature.Quiescent : Feature.None)
            | (core.IsTransferring ? Feature.Transfers : Feature.None)
            | (core.Configuration.IsJoint ? Feature.Joint : Feature.None)
            | (isUnsettled ? Feature.Unsettled : Feature.None);
        return core.Role switch
        {
            RaftRole.Leader => features
                | Feature.Leads
                | (process.Log.TermAt(core.CommitIndex.Value) == core.Term ? Feature.Ready : Feature.None)
                | (_plan.HasLeases ? Feature.Lease : Feature.None)
                | (_processes.Exists(one => one != process && one.Core is { Role: RaftRole.Leader }) ? Feature.Rival : Feature.None),
            RaftRole.Follower => features,
            _ => features | Feature.Campaigns,
        };
    }

    private static Feature FeatureOf(Input input) => input switch
    {
        Input.PeerUnreachable => Feature.Closed,
        Input.ChangeMembers => Feature.Changes,
        Input.Transfer => Feature.Transfers,
        Input.Read => Feature.Reads,
        Input.Propose { AreRetries: true } => Feature.Retries,
        _ => Feature.None,
    };

    private static Feature FeatureOf(SimulatedProcess process, Effect effect) => effect switch
    {
        Effect.Send({ Body: Message.RequestVoteReply { Granted: true, IsPreVote: false } }) => Feature.Votes,
        Effect.Persist { Entries: { IsEmpty: false } entries } when entries[0].Index.Value <= process.Log.Last => Feature.Overwrites,
        Effect.SendEntries => Feature.Pages,
        Effect.SendChunk => Feature.SendsSnapshot,
        Effect.StoreChunk => Feature.Receives,
        Effect.InstallSnapshot { KeepsLog: true } => Feature.Installs | Feature.KeepsLog,
        Effect.InstallSnapshot => Feature.Installs,
        _ => Feature.None,
    };

    /// <summary>Cuts the leader off from these processes, which look for another one. Clients go on to ask it.</summary>
    private void Split(SimulatedProcess leader, ImmutableArray<Member> others, long lasts)
    {
        var (count, links) = (_processes.Count, new bool[_processes.Count * _processes.Count]);
        bool IsOther(int process) => process != leader.Number && others.Any(member => _numbers[member.Name] == process);
        for (var link = 0; link < links.Length; link++)
        {
            links[link] = IsOther(link / count) != IsOther(link % count);
        }

        CutFor(links, lasts);
        Burst(leader, lasts);
        ForOthers(leader, process =>
        {
            if (IsOther(process.Number))
            {
                Step(process, new Input.PeerUnreachable(leader.Name));
            }
        });
    }

    /// <summary>
    /// A leader that reaches none appends pairs and a configuration. The others go on without it, and take snapshots before it returns.
    /// </summary>
    private void StrandChange(SimulatedProcess leader, Prng prng, long lasts)
    {
        IsolateFor(leader, lasts);
        LoseSightOf(leader);
        Fill(leader, prng);
        Change(leader, prng);
        After(lasts - 500, () => ForOthers(leader, process => TakeSnapshot(process, prng)));
    }

    /// <summary>The disk of a voter stands still with entries of a leader that the others take for gone. It still hears them.</summary>
    private void Depose(SimulatedProcess voter, Prng prng, long lasts)
    {
        if (TheLeader() is { } leader && leader != voter)
        {
            StickDisk(voter, lasts);
            MuteFor(leader, 2 * lasts);
            ForOthers(leader, process => After(process == voter ? prng.Between(1, 4000) : 0, () => LoseSightOf(leader, process)));
        }
    }

    private void LoseSightOf(SimulatedProcess leader) => ForOthers(leader, process => LoseSightOf(leader, process));

    private void LoseSightOf(SimulatedProcess leader, SimulatedProcess process)
    {
        if (process is { IsRunning: true, IsPaused: false } && !_isHealed)
        {
            Step(process, new Input.PeerUnreachable(leader.Name));
        }
    }

    private void Burst(SimulatedProcess process, long lasts) => (_usurped, _burstUntil) = (process, _now + lasts);

    private void Fill(SimulatedProcess leader, Prng prng) => Step(
        leader, new Input.Propose([.. Enumerable.Repeat(Probe, prng.Between(1, 8))]) { Now = leader.WallClock(_now) });

    /// <summary>Without learners, no voter can be exchanged for another process.</summary>
    private void Change(SimulatedProcess? leader, Prng prng)
    {
        if (leader is { IsRunning: true, IsPaused: false })
        {
            var configuration = leader.Core!.Configuration;
            var learners = configuration.Learners.Where(HasItsDisk).ToList();
            var kind = learners.Count == 0 && prng.Chance(70)
                ? FaultKind.Join
                : prng.Any([FaultKind.Assign, FaultKind.Assign, FaultKind.Assign, FaultKind.Leave, FaultKind.Resize]);
            if (kind == FaultKind.Assign && learners.Count > 0 && Faults.Has(kind) && MayChange(leader))
            {
                Member[] voters = [leader.Member, prng.Any(learners)];
                Change(leader, new MemberChange.Assign([.. voters.Order()], [.. configuration.Everybody().Except(voters)]), prng);
            }
            else if (Faults.Has(kind))
            {
                Operate(leader, kind, prng);
            }
        }
    }
}
