namespace RaftActors.Core;

/// <summary>The knowledge of this process about another one, in any role.</summary>
internal sealed class Peer(ProcessName name)
{
    /// <summary>The most refusals of one incarnation that people are shown. A process that lies may name ever other serials.</summary>
    public const int ShownMax = 64;

    // In heartbeats. A process that starts greets the others itself, so a long pause delays only what a lost greeting would have told.
    private const int PauseMax = 8;

    // Ten thousand groups may wait for another node. A leader could become quiescent in such a pause, but they have none yet.
    private const int PauseMaxOfFounding = 32;

    private bool _isInDoubt;
    private int _pause;

    /// <summary>Its name; there is one peer for each.</summary>
    public ProcessName Name { get; } = name;

    /// <summary>The incarnation that sent the last message. Not durable, and not what is counted: a configuration says that.</summary>
    public Incarnation Current => Member.Incarnation;

    /// <summary>The end of its log, as of its last greeting.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>Its <see cref="CoreOptions.FailureDomain"/>, as it said last; empty if it has none, or has not greeted.</summary>
    public string FailureDomain { get; private set; } = "";

    /// <summary>The version of its program, as it said last; the lowest one if it has not greeted.</summary>
    public GroupVersion Version { get; private set; } = GroupVersion.Lowest;

    /// <summary>The tick of its last greeting; null if none came since the connection was last lost.</summary>
    public long? GreetedAt { get; private set; }

    /// <summary>The tick of its last reply to a greeting, which shows that it hears this process too; null as before.</summary>
    public long? RepliedAt { get; private set; }

    /// <summary>The tick of its last message of any kind; null as before.</summary>
    public long? SpokeAt { get; private set; }

    /// <summary>The tick at which another process claimed its name; it has not spoken since. Null: none did.</summary>
    public long? ClaimedAt { get; set; }

    /// <summary>It is greeted until it replies, and until it shows that it runs although another one claims its name.</summary>
    public bool IsToGreet => RepliedAt is null || ClaimedAt is not null;

    /// <summary>
    /// The tick from which it may be greeted again. The pauses double until it is heard, because it may be away for long.
    /// </summary>
    public long GreetAgainAt { get; private set; }

    /// <summary>It spoke after another process had claimed its name, and its connection was not lost since.</summary>
    public bool HasAnsweredClaim { get; private set; }

    /// <summary>The other process that claimed its name last, and was refused; none: no other one was.</summary>
    public Incarnation Duplicate { get; set; }

    /// <summary>
    /// It has greeted this process with the incarnation that runs. A new incarnation comes with a new start. So if the incarnation changed
    /// without one, an earlier message was late, and only a reply to a greeting tells which incarnation runs.
    /// </summary>
    public bool HasCome => GreetedAt is not null && (!_isInDoubt || RepliedAt is not null);

    /// <summary>It has durably recorded this process as the first incarnation of its name.</summary>
    public bool HasConfirmedUs { get; private set; }

    /// <summary>It belongs to a group whose founding it knows to be committed.</summary>
    public bool IsFounded { get; private set; }

    /// <summary>The first serial at which its log and ours were found to differ; null if none was.</summary>
    public Serial? DivergesAt { get; set; }

    /// <summary>
    /// The refusals of its present incarnation that people were shown, each with the configuration under which it removed us.
    /// </summary>
    public HashSet<(RefusalReason Reason, Serial Serial, LogIndex Under)> Shown { get; } = [];

    /// <summary>A vote request that could not be granted yet. A later answer to it is like a slow network.</summary>
    public Envelope? KeptRequest { get; set; }

    /// <summary>The process with the incarnation that sent the last message.</summary>
    public Member Member { get; private set; } = new(name, Incarnation.None);

    /// <summary>How far its log is known to reach.</summary>
    public LogPosition Farthest => KeptRequest is { Body: Message.RequestVote request } && request.Position.IsAtLeastAsUpToDateAs(Position)
        ? request.Position
        : Position;

    /// <summary>Its rank in a founding.</summary>
    public FoundingRank Rank => new(Position, Name);

    /// <summary>Takes note of a message, perhaps of another incarnation than before.</summary>
    public void Meet(Envelope envelope, bool isNewStart, long now)
    {
        SpokeAt = now;
        IsFounded |= envelope.Group != GroupUid.None;
        if (envelope.From.Incarnation == Current)
        {
            (HasAnsweredClaim, ClaimedAt) = (HasAnsweredClaim || ClaimedAt is not null, null);
            return;
        }

        _isInDoubt = Current != Incarnation.None && !isNewStart;
        Become(envelope.From);
        SpokeAt = now;
    }

    /// <summary>
    /// The group has removed the present incarnation and holds another one. The removed process may still run and greet, so it is a
    /// duplicate of the other one until that one has had its time to answer; otherwise it would be taken in again at once.
    /// </summary>
    public void YieldTo(Member other, long now)
    {
        Become(other);
        SpokeAt = now;
        ClaimedAt = now;
    }

    /// <summary>Takes note of a greeting.</summary>
    public void Hear(Message.Greeting greeting, Incarnation self, long now)
    {
        DivergesAt = IsFounded || Position == greeting.Position ? DivergesAt : null;
        Position = greeting.Position;
        FailureDomain = greeting.FailureDomain;
        Version = greeting.Version;
        HasConfirmedUs |= greeting.Recorded == self;
        GreetedAt = now;
        RepliedAt = greeting.IsReply ? now : RepliedAt;
        GreetAgain(now);
    }

    /// <summary>Takes note that it was greeted.</summary>
    public void Greeted(long now, int heartbeatTicks, bool isFounding)
    {
        _pause = Math.Clamp(2 * _pause, heartbeatTicks, (isFounding ? PauseMaxOfFounding : PauseMax) * heartbeatTicks);
        GreetAgainAt = now + _pause;
    }

    /// <summary>Ends the pause: the next one is short again.</summary>
    public void GreetAgain(long now) => (_pause, GreetAgainAt) = (0, now);

    /// <summary>Takes note that it cannot be reached.</summary>
    public void Lose()
    {
        (GreetedAt, RepliedAt, SpokeAt) = (null, null, null);
        (ClaimedAt, HasAnsweredClaim, Duplicate) = (null, false, Incarnation.None);
        GreetAgain(0);
    }

    private void Become(Member other)
    {
        Member = other;
        Position = default;
        HasConfirmedUs = false;
        DivergesAt = null;
        Shown.Clear();
        Lose();
    }
}
