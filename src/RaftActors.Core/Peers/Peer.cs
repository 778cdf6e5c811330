namespace RaftActors.Core;

/// <summary>What this process knows of another one of the roster, whatever role either has.</summary>
internal sealed class Peer(ProcessName name)
{
    private bool _isInDoubt;

    /// <summary>Its name; there is one peer for each.</summary>
    public ProcessName Name { get; } = name;

    /// <summary>Whom the last message came from. Not durable, and not what is counted: a configuration says that.</summary>
    public Incarnation Current { get; private set; }

    /// <summary>The end of its log, as of its last greeting.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>The tick of its last greeting; null when none came since it was last lost.</summary>
    public long? HeardAt { get; private set; }

    /// <summary>The tick of its last answer to a greeting of ours, which shows that it hears us too; null as before.</summary>
    public long? AnsweredAt { get; private set; }

    /// <summary>
    /// It has greeted us with the incarnation that runs. A process that changes its incarnation starts anew. So if the incarnation changed
    /// without a new start, an earlier message was late. Then only an answer to our greeting tells which incarnation runs.
    /// </summary>
    public bool HasCome => HeardAt is not null && (!_isInDoubt || AnsweredAt is not null);

    /// <summary>The tick of its last message, whatever that was; null as before.</summary>
    public long? SpokeAt { get; private set; }

    /// <summary>It has told us that it durably recorded us as the first of our name.</summary>
    public bool HasConfirmedUs { get; private set; }

    /// <summary>It belongs to a group whose founding it knows to be committed.</summary>
    public bool IsFounded { get; private set; }

    /// <summary>The first serial at which its preloaded log and ours were found to differ.</summary>
    public Serial? PartsAt { get; set; }

    /// <summary>
    /// Its refusals that were shown to people already, in its present life; of a removal, under which configuration of ours.
    /// </summary>
    public HashSet<(RefusalReason Reason, Serial Serial, LogIndex Under)> Shown { get; } = [];

    /// <summary>A vote request that could not be granted yet. To judge it later is no more than a slow network might have done.</summary>
    public Envelope? KeptRequest { get; set; }

    /// <summary>The other process, as it last was.</summary>
    public Member Member => new(Name, Current);

    /// <summary>How far its log is known to reach.</summary>
    public LogPosition Farthest => KeptRequest is { Body: Message.RequestVote request } && request.Position.IsAtLeastAsUpToDateAs(Position)
        ? request.Position
        : Position;

    /// <summary>What it brings to an election.</summary>
    public Standing Standing => new(Position, Name);

    /// <summary>A message came from it, perhaps from another life than before.</summary>
    public void Meet(Envelope envelope, bool isNewStart, long now)
    {
        SpokeAt = now;
        IsFounded |= envelope.Group != GroupUid.None;
        if (envelope.From.Incarnation == Current)
        {
            return;
        }

        _isInDoubt = Current != Incarnation.None && !isNewStart;
        Current = envelope.From.Incarnation;
        Position = default;
        HasConfirmedUs = false;
        PartsAt = null;
        Shown.Clear();
        Lose();
        SpokeAt = now;
    }

    /// <summary>A greeting came from it.</summary>
    public void Hear(Message.Greeting greeting, Incarnation self, long now)
    {
        PartsAt = IsFounded || Position == greeting.Position ? PartsAt : null;
        Position = greeting.Position;
        HasConfirmedUs |= greeting.Recorded == self;
        HeardAt = now;
        AnsweredAt = greeting.IsReply ? now : AnsweredAt;
    }

    /// <summary>It cannot be reached any more, as far as anybody can tell.</summary>
    public void Lose() => (HeardAt, AnsweredAt, SpokeAt) = (null, null, null);
}
