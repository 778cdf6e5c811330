namespace RaftActors.Core;

/// <content>The leader brings other logs up to its own.</content>
public sealed partial class RaftCore
{
    /// <summary>The last message with entries: those who are equally far are sent the same one.</summary>
    private Message.AppendEntries? _lastSent;

    /// <summary>Sends to everybody what it has not been sent; whom nothing is new for is sent nothing.</summary>
    private void Broadcast()
    {
        if (_role is LeaderRole leader)
        {
            foreach (var progress in leader.Peers)
            {
                SendNews(progress);
            }
        }
    }

    /// <summary>
    /// To one that replicates, everything that is new, in as many messages as its window takes and without waiting for answers. To one that
    /// is probed, one message at a time. A new commit index is news too, and goes with the entries if there are any.
    /// </summary>
    private void SendNews(Progress progress)
    {
        if (IsReplaced(progress.Member))
        {
            return;
        }

        if (progress.Outgoing is { } outgoing)
        {
            SendPieces(progress, outgoing);
            return;
        }

        while (progress.TakesEntries(Options) && (progress.State == ProgressState.Probing || progress.Next <= _log.Last))
        {
            SendEntries(progress, Options.MaxEntriesPerMessage);
        }

        if (progress.State == ProgressState.Replicating && progress.SentCommit < CommitIndex)
        {
            SendEntries(progress, 0);
        }
    }

    /// <summary>What keeps a leader in office is sent to everybody, however full its window is.</summary>
    private void SendHeartbeat(Progress progress)
    {
        if (IsReplaced(progress.Member) || progress.State == ProgressState.Refused)
        {
            return;
        }

        if (progress.Outgoing is { } outgoing)
        {
            SendHeartbeat(progress, outgoing);
            return;
        }

        SendEntries(progress, 0);
    }

    private void SendEntries(Progress progress, int limit)
    {
        var entries = _log.From(progress.Next, limit, Options.MaxBytesPerMessage, out var size);
        var previous = new LogIndex(progress.Next.Value - 1);
        Send(progress.Member, AppendEntriesAfter(previous, entries));
        progress.Sent(new LogIndex(previous.Value + entries.Length), size, CommitIndex);
    }

    private long LatestRound => (_role as LeaderRole)?.Rounds.Latest ?? 0;

    private Message.AppendEntries AppendEntriesAfter(LogIndex previous, LogSlice entries)
    {
        var (position, serial) = (_log.PositionAt(previous), _log.LastPosition.Serial);
        var isSame = _lastSent is { } last
            && last.Previous == position
            && last.Entries.Span == entries.Span
            && last.Commit == CommitIndex
            && last.LeaderSerial == serial
            && last.Round == LatestRound;
        return isSame ? _lastSent! : _lastSent = new Message.AppendEntries(position, entries, CommitIndex, serial, LatestRound);
    }

    /// <summary>Another life of that process was heard after this one, so there is nobody to send to.</summary>
    private bool IsReplaced(Member member) =>
        PeerOf(member.Name) is { } peer && peer.Current != Incarnation.None && peer.Current != member.Incarnation;

    private void OnAppendEntriesReply(Envelope envelope, Message.AppendEntriesReply reply)
    {
        if (HearFollower(envelope) is not { } progress)
        {
            return;
        }

        if (HasLostWhatItAcknowledged(progress, envelope, reply))
        {
            RefuseForgetful(progress, envelope);
            return;
        }

        var leader = (LeaderRole)_role;
        progress.IsAdmitted |= reply.IsAdmitted;
        progress.Priority = reply.Priority;
        if (reply.Accepted)
        {
            progress.Acknowledged(envelope.Boot);
            OnAccepted(progress, reply.Match);
            TellTargetOnce(leader, progress);
        }
        else if (reply.Match < _log.Base.Index && progress.Match < _log.Base.Index)
        {
            Install(progress);
        }
        else if (progress.Reject(_log.LastNotAbove(reply.ConflictTerm, reply.Match)))
        {
            SendNews(progress);
        }

        HearRound(leader, progress, reply.Round);
    }

    /// <summary>What a leader believes about the sender of an answer; null if the answer is not to be looked at.</summary>
    private Progress? HearFollower(Envelope envelope)
    {
        if (envelope.Term > Term)
        {
            Follow(envelope.Term, null);
            return null;
        }

        if (envelope.Term < Term || _role is not LeaderRole leader || leader.Of(envelope.From) is not { } progress)
        {
            return null;
        }

        progress.HeardAt = _now;
        return progress;
    }

    private void OnAccepted(Progress progress, LogIndex match)
    {
        Invariant.That(match <= _log.Last, "nobody has more of a leader's term than the leader");
        var (outgoing, keptLog) = (progress.Outgoing, progress.KeepsLogAfter is not null);
        progress.Accept(match, _log.Base.Index, _log.Last);
        AdvanceCommit();
        SendNews(progress);
        if (outgoing != progress.Outgoing || keptLog != progress.KeepsLogAfter is not null)
        {
            Discard();
        }
    }
}
