namespace RaftActors.Core;

/// <content>The leader brings other logs up to its own.</content>
public sealed partial class RaftCore
{
    /// <summary>The last message with entries: those who are equally far are sent the same one.</summary>
    private Message.AppendEntries? _lastSent;

    /// <summary>Sends to each process what it was not sent yet: entries, the commit index, the question of a round of reads.</summary>
    private void Broadcast()
    {
        if (_role is LeaderRole leader)
        {
            foreach (var progress in leader.Peers)
            {
                SendNews(progress);
                SendRound(leader, progress);
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

    /// <summary>
    /// Asks a voter whether it still follows (thesis §6.4). A message with entries does not ask: its answer waits for the voter's disk.
    /// </summary>
    private void SendRound(LeaderRole leader, Progress progress)
    {
        if (!leader.Rounds.IsUnderWay
            || progress.SentRound == leader.Rounds.Latest
            || IsReplaced(progress.Member)
            || progress.State == ProgressState.Refused
            || !Configuration.IsVoter(progress.Member))
        {
            return;
        }

        if (progress.Outgoing is { } outgoing)
        {
            SendPlace(progress, outgoing);
        }
        else
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
        progress.SentRound = entries.IsEmpty ? LatestRound : progress.SentRound;
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
        }
        else if (reply.Match < _log.Base.Index && progress.Match < _log.Base.Index)
        {
            Install(progress);
        }
        else
        {
            progress.Reject(_log.LastNotAbove(reply.ConflictTerm, reply.Match));
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
        progress.Accept(match, _log.Base.Index, _log.Last);
    }
}
