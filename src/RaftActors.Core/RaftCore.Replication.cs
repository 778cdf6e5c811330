using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>The leader brings other logs up to its own.</content>
public sealed partial class RaftCore
{
    /// <summary>Sends to everybody what it has not been sent; whom nothing is new for is sent nothing.</summary>
    private void Broadcast()
    {
        if (_role is LeaderRole leader)
        {
            foreach (var progress in leader.Peers)
            {
                SendNews(leader, progress);
            }
        }
    }

    /// <summary>
    /// To one that replicates, everything that is new, in as many messages as it takes and without waiting for answers. To one that is
    /// probed, one message at a time. A new commit index is news too.
    /// </summary>
    private void SendNews(LeaderRole leader, Progress progress)
    {
        if (progress.IsProbing)
        {
            if (!progress.IsAwaitingProbe)
            {
                SendEntries(leader, progress, Options.MaxEntriesPerMessage);
            }

            return;
        }

        while (progress.Next <= _log.Last)
        {
            SendEntries(leader, progress, Options.MaxEntriesPerMessage);
        }

        if (progress.SentCommit < CommitIndex)
        {
            SendEntries(leader, progress, 0);
        }
    }

    private void SendHeartbeat(LeaderRole leader, Progress progress) => SendEntries(leader, progress, 0);

    private void SendEntries(LeaderRole leader, Progress progress, int limit)
    {
        if (progress.HasRefused || IsReplaced(progress.Member))
        {
            progress.Sent(_log.Last, CommitIndex);
            return;
        }

        var entries = _log.From(progress.Next, limit, Options.MaxBytesPerMessage);
        var previous = _log.PositionAt(new LogIndex(progress.Next.Value - 1));
        Send(progress.Member, new Message.AppendEntries(previous, entries, CommitIndex, _log.LastPosition.Serial));
        progress.Sent(new LogIndex(previous.Index.Value + entries.Length), CommitIndex);
    }

    /// <summary>Another life of that process was heard after this one, so there is nobody to send to.</summary>
    private bool IsReplaced(Member member) =>
        PeerOf(member.Name) is { } peer && peer.Current != Incarnation.None && peer.Current != member.Incarnation;

    private void OnAppendEntriesReply(Envelope envelope, Message.AppendEntriesReply reply)
    {
        if (envelope.Term > Term)
        {
            Follow(envelope.Term, null);
            return;
        }

        if (envelope.Term < Term || _role is not LeaderRole leader || leader.Of(envelope.From) is not { } progress)
        {
            return;
        }

        progress.HeardAt = _now;
        progress.IsAdmitted |= reply.IsAdmitted;
        if (reply.Accepted)
        {
            Invariant.That(reply.Match <= _log.Last, "nobody has more of a leader's term than the leader");
            progress.Accept(reply.Match);
            AdvanceCommit();
            SendNews(leader, progress);
        }
        else if (progress.Reject(_log.LastNotAbove(reply.ConflictTerm, reply.Match)))
        {
            SendNews(leader, progress);
        }
    }
}
