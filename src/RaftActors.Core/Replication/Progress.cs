namespace RaftActors.Core;

/// <summary>
/// What a leader believes about one other log. It <em>probes</em>, one message at a time, until it knows where the two logs agree; then it
/// <em>replicates</em>, sending everything at once without waiting for answers, until an answer or a silence tells it otherwise.
/// </summary>
internal sealed class Progress(Member member, LogIndex next, long now)
{
    /// <summary>Whose log.</summary>
    public Member Member { get; } = member;

    /// <summary>
    /// Up to here the other log agrees with ours, durably. Invariant: it never goes back, and stays below <see cref="Next"/>.
    /// </summary>
    public LogIndex Match { get; private set; }

    /// <summary>The first entry to send next.</summary>
    public LogIndex Next { get; private set; } = next;

    /// <summary>Where the two logs agree is not known.</summary>
    public bool IsProbing { get; private set; } = true;

    /// <summary>A probe was sent and not answered yet.</summary>
    public bool IsAwaitingProbe { get; private set; }

    /// <summary>It has said that it may vote, so what it has on disk counts.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>It said that it will not have our log; nothing is sent any more.</summary>
    public bool HasRefused { get; set; }

    /// <summary>The highest commit index that it was told.</summary>
    public LogIndex SentCommit { get; private set; }

    /// <summary>The tick of its last answer; that of the election at first.</summary>
    public long HeardAt { get; set; } = now;

    /// <summary>Entries up to <paramref name="last"/> were sent, with that commit index.</summary>
    public void Sent(LogIndex last, LogIndex commit)
    {
        SentCommit = commit;
        if (IsProbing)
        {
            IsAwaitingProbe = true;
        }
        else
        {
            Next = last.Next;
        }
    }

    /// <summary>The other log agrees up to there.</summary>
    public void Accept(LogIndex match)
    {
        Match = match > Match ? match : Match;
        Next = Match < Next ? Next : Match.Next;
        (IsProbing, IsAwaitingProbe) = (false, false);
    }

    /// <summary>
    /// The other log does not have the entry before those that were sent; the two may agree at <paramref name="hint"/>. False if that is
    /// old news: an answer that was overtaken, or one of several to messages that were under way together.
    /// </summary>
    public bool Reject(LogIndex hint)
    {
        var next = (hint < Match ? Match : hint).Next;
        if (next >= Next)
        {
            return false;
        }

        Next = next;
        (IsProbing, IsAwaitingProbe) = (true, false);
        return true;
    }

    /// <summary>Messages may have been lost: find out again where the logs agree, from what is known for certain.</summary>
    public void ProbeAgain()
    {
        Next = Match.Next;
        (IsProbing, IsAwaitingProbe) = (true, false);
    }
}
