using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// A group without work becomes quiescent: no process of it counts ticks or sends heartbeats. The leader asks for it in place of its
/// heartbeats. Each process agrees if it has all that the leader has, and the leader follows when all have agreed. Meanwhile the shells
/// watch whether the nodes of the group hear each other, once for all groups of two nodes. They report a silent one as
/// <see cref="Input.PeerUnreachable"/>.
/// </summary>
/// <remarks>
/// <para>
/// The watch over a follower lasts after its quiescence, until it hears a leader. Suppose that the leader's machine falls silent. One
/// follower is told first, and wakes the other by its pre-vote. The other has counted no ticks of silence, so it still believes in the
/// leader and refuses. If its own node did not tell it of the silence too, the group would lack a leader for another election timeout.
/// </para>
/// <para>
/// Safety does not depend on quiescence, because a quiescent process has no rights that an awake one lacks. A process that wakes alone
/// campaigns after an election timeout at the latest. Its pre-vote wakes the leader, whose heartbeats wake all.
/// </para>
/// </remarks>
internal sealed class Quiescence(RaftState state, Membership membership)
{
    /// <summary>Tells whether the input has no effect: a quiescent process counts no ticks.</summary>
    public bool Ignores(Input input) => state.Quiet.IsQuiescent && input is Input.Tick or Input.Paused;

    /// <summary>
    /// Notes before each input whether the group has work, and wakes the process if the input needs it awake. Returns whether it woke; a
    /// leader then sends heartbeats, which wake the others.
    /// </summary>
    public bool WakesOn(Input input)
    {
        if (IsWork(input))
        {
            (state.Quiet.BusyAt, state.Quiet.IsAsking) = (state.Now, false);
            state.Quiet.Agreed.Clear();
        }

        if (!state.Quiet.IsQuiescent || !Wakes(input))
        {
            return false;
        }

        (state.Quiet.IsQuiescent, state.Quiet.IsAsking, state.Quiet.BusyAt) = (false, false, state.Now);
        state.Effects.Add(Effect.Woken.Instance);
        if (state.Role is not LeaderRole)
        {
            state.Timer.Reset();
        }

        return true;
    }

    /// <summary>Decides before each heartbeat of a leader whether it asks the others to become quiescent.</summary>
    public void OnHeartbeat(LeaderRole leader) => state.Quiet.IsAsking = WhyNot(leader) is null;

    /// <summary>Answers the question of the leader. A follower agrees if it has all that the leader has, and nothing else to do.</summary>
    public void Answer(FollowerRole follower, Member leader, Message.Quiesce question)
    {
        var agrees = state.Options.QuiesceTicks > 0
            && question.Last == state.Log.LastPosition
            && follower.Reads is { IsUnderWay: false, HasWaiting: false }
            && HasNothingToDo();
        state.Send(leader, new Message.QuiesceReply(question.Last.Index, agrees));
        if (agrees)
        {
            // Repeated for each question, because while another process has not agreed, only the questions show that the leader is there.
            Sleep(leader, [leader]);
        }
    }

    /// <summary>Ends the watch over a process that is awake, because it counts the silence of its leader itself.</summary>
    public void EndWatch()
    {
        if (state.Quiet is { IsWatched: true, IsQuiescent: false })
        {
            state.Quiet.IsWatched = false;
            state.Effects.Add(Effect.Unwatched.Instance);
        }
    }

    /// <summary>Makes a leader quiescent at the end of a step if all others are, and ends the watch over all but followers.</summary>
    public void Advance()
    {
        if (state.Role is not FollowerRole { Leader: not null })
        {
            EndWatch();
        }

        if (state.Quiet is { IsAsking: true, IsQuiescent: false }
            && state.Role is LeaderRole leader
            && WhyNot(leader) is null
            && AllAgree(leader))
        {
            Sleep(state.Self, [.. leader.Progresses.Where(progress => !IsGone(progress)).Select(progress => progress.Member)]);
        }
    }

    /// <summary>Returns why the leader does not ask the others, or null if it asks.</summary>
    public string? WhyNot(LeaderRole leader)
    {
        if (state.Options.QuiesceTicks == 0)
        {
            return "it is turned off";
        }

        if (state.Now - state.Quiet.BusyAt < state.Options.QuiesceTicks)
        {
            return "the group had work lately";
        }

        if (!HasNothingToDo() || !state.IsReady || leader.Rounds.IsUnderWay || leader.Rounds.HasWaiting)
        {
            return "a write, a commit or a read is under way";
        }

        if (state.Configuration.IsJoint || leader.Leaving.Count > 0 || state.Transfers.Current is not null)
        {
            return "the members or the leader change";
        }

        foreach (var progress in leader.Progresses)
        {
            if (IsGone(progress))
            {
                continue;
            }

            if (progress.State != ProgressState.Replicating || progress.Match != state.Log.Last || !state.IsResponsive(progress))
            {
                return $"{progress.Member} lags or is silent";
            }

            if (progress.Priority > state.Priority && state.Configuration.IsVoter(progress.Member))
            {
                return $"{progress.Member} should lead";
            }
        }

        foreach (var peer in state.Roster.Peers)
        {
            if (peer.RepliedAt is not null && peer.IsAwaitedBy(state.Configuration))
            {
                return $"{peer.Name} runs and was not taken in";
            }
        }

        return membership.IsSettled(leader) ? null : "the voters may change";
    }

    private void Sleep(Member leading, ImmutableArray<Member> watched)
    {
        Invariant.That(state.CommitIndex == state.Log.Last, "a quiescent process has nothing to commit");
        state.Quiet.IsQuiescent = state.Quiet.IsWatched = true;
        state.Effects.Add(new Effect.Quiesced(leading, state.Term, watched));
    }

    private bool AllAgree(LeaderRole leader)
    {
        foreach (var progress in leader.Progresses)
        {
            if (!state.Quiet.Agreed.Contains(progress.Member) && !IsGone(progress))
            {
                return false;
            }
        }

        return true;
    }

    // After this time it has lost its vote to a learner, if one could take it.
    private bool IsGone(Progress progress) => state.Now - progress.RepliedAt >= 2L * state.Options.GoneTicks;

    private bool HasNothingToDo() =>
        state.CommitIndex == state.Log.Last
        && state.Log.Durable == state.Log.Last
        && state.Durability.IsIdle
        && !state.IsFenced
        && state.IsAdmitted;

    private bool IsWork(Input input) => input switch
    {
        Input.Propose or Input.Close or Input.Extend or Input.Read or Input.Transfer or Input.ChangeMembers => true,
        Input.DiskSpace or Input.Held => true,
        Input.PeerReachable or Input.PeerUnreachable => true,
        Input.Receive(var envelope) => IsOfPeer(envelope) && envelope.Body is not (
            Message.AppendEntries { Entries.IsEmpty: true } or Message.AppendEntriesReply or Message.Quiesce or Message.QuiesceReply),
        _ => false,
    };

    private bool Wakes(Input input) => input switch
    {
        Input.Tick or Input.Paused or Input.Persisted or Input.StoreReads or Input.Applied => false,
        Input.SnapshotPlanned or Input.SnapshotTaken => false,
        Input.PeerUnreachable(var name) => state.Role is LeaderRole || state.Leader?.Name == name,
        Input.Receive(var envelope) => IsOfPeer(envelope) && !IsOfQuiescence(envelope),
        _ => true,
    };

    // A removed process may greet for ever, and would keep the group awake.
    private bool IsOfPeer(Envelope envelope) => state.Roster.Of(envelope.From.Name) is not null;

    // The leader repeats its question until all have agreed, and an answer may come twice, so none of them is work.
    private bool IsOfQuiescence(Envelope envelope) => envelope.Term == state.Term && envelope.Body switch
    {
        Message.Quiesce question => envelope.From == state.Leader && question.Last == state.Log.LastPosition,
        Message.QuiesceReply { Agrees: true } reply => state.Role is LeaderRole && reply.Last == state.Log.Last,
        Message.AppendEntriesReply { Accepted: true } reply => state.Role is LeaderRole && reply.Match == state.Log.Last,
        _ => false,
    };
}

/// <summary>What one process knows of the group's work. Only <see cref="Quiescence"/> changes it.</summary>
internal sealed class QuietState
{
    /// <summary>
    /// Counts no ticks and sends nothing until an input wakes it. Invariant: its log is committed and durable up to the end.
    /// </summary>
    public bool IsQuiescent { get; set; }

    /// <summary>
    /// The shells watch the processes on which this one depends. They do so while it is quiescent, and afterwards until it hears a leader
    /// or follows none.
    /// </summary>
    public bool IsWatched { get; set; }

    /// <summary>The tick of the last input that was work.</summary>
    public long BusyAt { get; set; }

    /// <summary>Whether the latest heartbeats of this leader asked the others to become quiescent.</summary>
    public bool IsAsking { get; set; }

    /// <summary>
    /// Those that became quiescent with the whole log of this leader, and were sent nothing since. <see cref="Leader"/> adds them, and
    /// removes those to which it sends.
    /// </summary>
    public HashSet<Member> Agreed { get; } = [];
}
