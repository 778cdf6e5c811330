namespace RaftActors.Core;

/// <content>
/// Logs that differ where they must not, and processes that are shut out for it. Two entries of one index and term are the same (§5.3,
/// Figure 3): where they are not, a disk or a memory has changed one of them, and a majority tells which.
/// </content>
public sealed partial class RaftCore
{
    /// <summary>When a majority refused the log of this process while it led; long ago at first.</summary>
    private long _refusedAt = long.MinValue / 2;

    /// <summary>
    /// A majority refused our log, so nothing that this process leads can be committed. The places that the others named may differ, since
    /// each compares only what it has not compacted; then the reports do not fence this process. It lets others lead, or the longest log
    /// would win every election.
    /// </summary>
    private bool IsRefused => _now - _refusedAt < Options.GoneTicks;

    /// <summary>This process takes no part any more.</summary>
    private bool IsFenced => Fence is not null;

    /// <summary>
    /// The log of that process and ours differ from this serial on, and neither gives way: both sides say so. Before a founding only
    /// preloaded pairs can differ; afterwards, in entries that one leader wrote, only damage can have changed one of the two.
    /// </summary>
    private void Part(Peer peer, LogIndex at)
    {
        var serial = _log.PositionAt(new LogIndex(at.Value - 1)).Serial.Next;
        peer.PartsAt = serial;
        var (what, remedy) = _log.TermAt(at > _log.Last ? _log.Last : at) == Term.Zero
            ? ("preloaded pairs", "decide which are right, and restart the other process with the same ones or with none")
            : ("logs", "within one term, so one of the two is damaged: restart that process with an empty store");
        var detail = $"the {what} of {Self.Name} and {peer.Name} differ from serial {serial} on; {remedy}";
        var hash = at > _log.Last ? PrefixHash.Empty : _log.PositionAt(at).Hash;
        var refusal = new Message.Refusal(RefusalReason.Diverged, serial, default, detail) { Index = at, Hash = hash };
        Show(peer, peer.Member, refusal);
        Send(peer.Member, refusal);
    }

    /// <summary>
    /// Halves the range in which two logs part, or names the serial where they do:
    /// <code>
    /// agreed 0, differs 8, mine @4   ->   agreed 4, differs 8, mine @6   ->   agreed 4, differs 6, mine @5   ->   agreed 5, differs 6
    /// </code>
    /// What one of the two has discarded cannot be compared; then the first that can be is named. In a group only what was said in this
    /// term counts: since an earlier one a log may have been replaced. The leader's next heartbeat begins again.
    /// </summary>
    private void OnComparePrefix(Peer peer, Term term, Message.ComparePrefix comparison)
    {
        var at = comparison.Mine.Index;
        var (agreed, differs) = _log.Holds(comparison.Mine) ? (at, comparison.Differs)
            : at < _log.Base.Index ? (comparison.Agreed, comparison.Differs)
            : (comparison.Agreed, at);
        if (differs <= agreed
            || (at < _log.Base.Index && differs <= _log.Base.Index)
            || differs > _log.Last.Next
            || (_hardState.Group != GroupUid.None && term != Term))
        {
            return; // From before one of the two began anew.
        }

        var lowest = agreed > _log.Base.Index ? agreed : _log.Base.Index;
        if (differs > lowest.Next)
        {
            var middle = new LogIndex(lowest.Value + ((differs.Value - lowest.Value) / 2));
            Send(peer.Member, new Message.ComparePrefix(agreed, differs, _log.PositionAt(middle)));
            return;
        }

        Part(peer, lowest.Next);
    }

    /// <summary>
    /// The log of a follower ends where the log of this leader begins, and differs there. It has nothing at the place that
    /// <see cref="OnComparePrefix"/> names, so it would never report that place. The hash that it sent says enough.
    /// </summary>
    private void NoteDivergenceAtBase(Envelope envelope, LogPosition theirs)
    {
        if (_role is LeaderRole leader
            && envelope.Term == Term
            && theirs.Index == _log.Base.Index
            && theirs.Index > LogIndex.Zero
            && !_log.Holds(theirs)
            && leader.Of(envelope.From) is { } progress
            && progress.Refuse(new Divergence(theirs.Index, _log.Base.Serial.Next, theirs.Hash), envelope.Boot))
        {
            JudgeDiverged(leader);
        }
    }

    /// <summary>
    /// The other side found where our logs part, or was told. It is told what stands here, so that both can be judged; the leader each
    /// time, since it does not ask any more when it knows. It takes only what was said in its own term: since an earlier one the other log
    /// may have been replaced.
    /// </summary>
    private void OnDiverged(Peer peer, Envelope envelope, Message.Refusal refusal)
    {
        if (IsRefuted(refusal))
        {
            return;
        }

        if ((peer.PartsAt is null || Leader == envelope.From) && refusal.Index > _log.Base.Index && refusal.Index <= _log.Last)
        {
            Part(peer, refusal.Index);
        }

        peer.PartsAt = refusal.Serial;
        if (_role is LeaderRole leader
            && envelope.Term == Term
            && leader.Of(envelope.From) is { } progress
            && progress.Refuse(new Divergence(refusal.Index, refusal.Serial, refusal.Hash), envelope.Boot))
        {
            JudgeDiverged(leader);
        }
    }

    /// <summary>
    /// Our log has there what the other side says that its own has, or has discarded that place. So the report is late, or follows from a
    /// late message. If there is a difference, the next comparison finds it where both logs can be compared.
    /// </summary>
    private bool IsRefuted(Message.Refusal refusal) =>
        refusal.Index < _log.Base.Index || (refusal.Index <= _log.Last && _log.PositionAt(refusal.Index).Hash == refusal.Hash);

    /// <summary>
    /// Of logs that differ at one place the majority's is right. Asked again with each heartbeat, since who has which is found out one by
    /// one. Preloaded pairs are no matter of votes: who has only those, and others than we, was never in, and stays out by itself. A
    /// process that joins has entries of leaders before it knows its group, and a damaged leader may have sent some of them. Our own log
    /// may have been discarded beyond that place meanwhile, so nothing is looked up there. A process that has reported a difference is no
    /// witness for us, whatever it acknowledged before: for what it had discarded by then it took our word.
    /// </summary>
    private void JudgeDiverged(LeaderRole leader, bool reportsDisputes = false)
    {
        foreach (var progress in leader.Peers)
        {
            if (DivergenceOf(progress) is not { } parted
                || parted.Index > _log.Last
                || PeerOf(progress.Member.Name) is not { } peer
                || !(peer.IsFounded || peer.Position.Term > Term.Zero))
            {
                continue;
            }

            bool HasOther(Member member) => DivergenceOf(leader.Of(member)) == parted;
            bool HasOurs(Member member) => member == Self
                ? _log.Durable >= parted.Index
                : leader.Of(member) is { Parted: null } other && other.Match >= parted.Index && HasCompared(other);
            if (Majority.Holds(Configuration, HasOther))
            {
                FenceSelf(new Fence(RefusalReason.Diverged, parted.Serial));
                return;
            }

            if (Majority.Holds(Configuration, HasOurs))
            {
                var detail = $"a majority has another log than {progress.Member.Name} from serial {parted.Serial} on";
                Send(progress.Member, new Message.Refusal(RefusalReason.Outvoted, parted.Serial, default, detail));
            }
            else if (reportsDisputes)
            {
                ReportDispute(leader, progress.Member, parted);
            }
        }

        if (Majority.Holds(Configuration, member => DivergenceOf(leader.Of(member)) is not null))
        {
            _refusedAt = _now;
            Follow(Term, null);
        }
    }

    /// <summary>Where that log differs from ours; null if it does not, or is being compared anew after a restart.</summary>
    private static Divergence? DivergenceOf(Progress? progress) => progress is { State: ProgressState.Refused } ? progress.Parted : null;

    /// <summary>
    /// Operators must see a divergence that nobody can settle, whichever node they watch. Sent with each heartbeat, since a message may be
    /// lost, and not before, since the next answer may settle it. The receiver shows it once. Every process hears of a fence by itself.
    /// </summary>
    private void ReportDispute(LeaderRole leader, Member other, Divergence parted)
    {
        var detail = $"the logs of {Self.Name} and {other.Name} differ from serial {parted.Serial} on, and too few processes are compared "
            + "to tell which one is damaged: start those that are down";
        foreach (var third in leader.Peers)
        {
            if (third.Parted is null && IsHeard(third))
            {
                Send(third.Member, new Message.Refusal(RefusalReason.Disputed, parted.Serial, default, detail));
            }
        }
    }

    /// <summary>
    /// It acknowledged an entry of our term, so it compared the hash of everything before that entry. A process that acknowledges less may
    /// have discarded the place in question: then it says what it has without a comparison.
    /// </summary>
    private bool HasCompared(Progress other) => other.Match >= _log.Base.Index && _log.TermAt(other.Match) == Term;

    /// <summary>
    /// The leader says that a majority is against our log. Taken only for the place where we found ourselves that the two logs part, so
    /// that no late or mistaken message can shut anybody out.
    /// </summary>
    private void OnOutvoted(Peer peer, Message.Refusal refusal)
    {
        if ((_hardState.Group != GroupUid.None || _log.LastPosition.Term > Term.Zero) && peer.PartsAt == refusal.Serial)
        {
            FenceSelf(new Fence(RefusalReason.Diverged, refusal.Serial));
        }
    }

    /// <summary>
    /// A process that was started again has all that it acknowledged before: in one term nothing of it gives way. If it looks for agreement
    /// below that, its disk said that it had written what it had not. What an earlier start says may just have been long on its way.
    /// </summary>
    private bool HasLostWhatItAcknowledged(Progress progress, Envelope envelope, Message.AppendEntriesReply reply) =>
        !reply.Accepted
        && envelope.Boot.Number > progress.Boot.Number
        && reply.Match < progress.Match
        && (progress.Match <= _log.Base.Index || _log.TermAt(progress.Match) > Term.Zero);

    /// <summary>Nothing that it has counts any more, and it hears why as long as it has not shut itself out.</summary>
    private void RefuseForgetful(Progress progress, Envelope envelope)
    {
        progress.IsAdmitted = false;
        var detail = $"{envelope.From.Name} had acknowledged everything up to {progress.Match} and has come back without it, so its disk "
            + "does not keep what it says it has written";
        Send(envelope.From, new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, envelope.Boot, detail));
    }

    /// <summary>
    /// Durable: a restart does not mend a damaged or forgetful store. Everybody is told, and who misses it hears it when it asks.
    /// </summary>
    private void FenceSelf(Fence fence)
    {
        if (IsFenced)
        {
            return;
        }

        Keep(_hardState with { Fence = fence });
        Follow(Term, null);
        EndTransfer(TransferOutcome.NotLeader); // Who leads next is not learned any more.
        foreach (var peer in _peers)
        {
            if (peer.Current != Incarnation.None)
            {
                Send(peer.Member, FencedRefusal(fence, default));
            }
        }
    }

    /// <summary>Who is shut out answers what is asked of it with the reason, so that nobody waits for it.</summary>
    private void RefuseAsFenced(Envelope envelope)
    {
        if (Fence is { } fence && IsRequest(envelope.Body))
        {
            Send(envelope.From, FencedRefusal(fence, envelope.Boot));
        }
    }

    private Message.Refusal FencedRefusal(Fence fence, Boot boot)
    {
        var detail = $"{Self.Name} is shut out until it is restarted with an empty store: {fence}";
        return new Message.Refusal(RefusalReason.Fenced, fence.Serial, boot, detail);
    }
}
