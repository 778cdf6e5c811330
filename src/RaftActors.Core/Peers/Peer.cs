namespace RaftActors.Core;

/// <summary>The knowledge of this process about another one, in any role.</summary>
internal sealed class Peer(ProcessName name)
{
    /// <summary>
    /// The most refusals of one incarnation that people are shown, and the most differences that are kept, because a dishonest process may
    /// name ever other serials.
    /// </summary>
    public const int ShownMax = 64;

    // In heartbeats. A starting process greets the others itself, so a long pause only delays what a lost greeting would have told.
    private const int PauseMax = 8;

    // Longer, because ten thousand groups may wait for another node. After the founding, a leader could become quiescent in such a pause.
    private const int PauseMaxOfFounding = 32;

    // The serials at which the two logs were found to differ, the latest last.
    private readonly List<Serial> _divergences = [];

    private (Configuration? By, Member Member, bool IsAwaited) _awaited;
    private bool _isInDoubt;
    private int _pause;

    public ProcessName Name { get; } = name;

    /// <summary>The incarnation that sent the last message. Not durable, and not what is counted: the configuration decides that.</summary>
    public Incarnation Current => Member.Incarnation;

    /// <summary>The end of its log, as of its last greeting.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>Its latest <see cref="CoreOptions.FailureDomain"/>. Empty if it has none, or has not greeted.</summary>
    public string FailureDomain { get; private set; } = "";

    /// <summary>The latest version of its program, or the lowest one if it has not greeted.</summary>
    public GroupVersion Version { get; private set; } = GroupVersion.Lowest;

    /// <summary>The tick of its last greeting, or null if none came since the connection was last lost.</summary>
    public long? GreetedAt { get; private set; }

    /// <summary>The tick of its last reply to a greeting, which shows that it hears this process too. Null as above.</summary>
    public long? RepliedAt { get; private set; }

    /// <summary>The tick of its last message of any kind. Null as above.</summary>
    public long? SpokeAt { get; private set; }

    /// <summary>The tick at which another process claimed its name, if it has not spoken since. Otherwise null.</summary>
    public long? ClaimedAt { get; set; }

    /// <summary>It is greeted until it replies, and while another process claims its name, until it shows that it runs.</summary>
    public bool IsToGreet => RepliedAt is null || ClaimedAt is not null;

    /// <summary>
    /// The tick from which it may be greeted again. The pauses double until it is heard, because it may be away for long.
    /// </summary>
    public long GreetAgainAt { get; private set; }

    /// <summary>It spoke after another process had claimed its name, and its connection was not lost since.</summary>
    public bool HasAnsweredClaim { get; private set; }

    /// <summary>The latest other process that claimed its name and was refused, or none.</summary>
    public Incarnation Duplicate { get; set; }

    /// <summary>
    /// It has greeted this process with the incarnation that runs. A new incarnation comes with a new start. If the incarnation changed
    /// without one, an earlier message was late, and only a reply to a greeting tells which incarnation runs.
    /// </summary>
    public bool HasCome => GreetedAt is not null && (!_isInDoubt || RepliedAt is not null);

    /// <summary>It has durably recorded this process as the first incarnation of its name.</summary>
    public bool HasConfirmedUs { get; private set; }

    /// <summary>It belongs to a group whose founding it knows to be committed.</summary>
    public bool IsFounded { get; private set; }

    /// <summary>The first serial at which its log and ours were last found to differ, or null.</summary>
    public Serial? DivergesAt => _divergences.Count > 0 ? _divergences[^1] : null;

    /// <summary>
    /// The refusals of its present incarnation that people were shown, each with the configuration under which it removed us.
    /// </summary>
    public HashSet<(RefusalReason Reason, Serial Serial, LogIndex Under)> Shown { get; } = [];

    /// <summary>A vote request that could not be granted yet. If it is answered later, that looks like a slow network.</summary>
    public Envelope? KeptRequest { get; set; }

    /// <summary>The process with the incarnation that sent the last message.</summary>
    public Member Member { get; private set; } = new(name, Incarnation.None);

    /// <summary>How far its log is known to reach.</summary>
    public LogPosition Farthest => KeptRequest is { Body: Message.RequestVote request } && request.Position.IsAtLeastAsUpToDateAs(Position)
        ? request.Position
        : Position;

    public FoundingRank Rank => new(Position, Name);

    /// <summary>Notes a message, perhaps of another incarnation than before.</summary>
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
    /// Gives the name to another incarnation, because the group has removed the present one. The removed process may still run and greet,
    /// so it counts as a duplicate until the other one has had time to answer. Otherwise it would be accepted again at once.
    /// </summary>
    public void YieldTo(Member other, long now)
    {
        Become(other);
        SpokeAt = now;
        ClaimedAt = now;
    }

    /// <summary>As <see cref="Configuration.Awaits"/> of its present incarnation. Looks at all members only after a change.</summary>
    public bool IsAwaitedBy(Configuration configuration)
    {
        if (!ReferenceEquals(_awaited.By, configuration) || _awaited.Member != Member)
        {
            _awaited = (configuration, Member, configuration.Awaits(Member));
        }

        return _awaited.IsAwaited;
    }

    /// <summary>Notes the first serial that may differ.</summary>
    public void Diverge(Serial at)
    {
        _divergences.Remove(at);
        if (_divergences.Count == ShownMax)
        {
            _divergences.RemoveAt(0);
        }

        _divergences.Add(at);
    }

    /// <summary>
    /// Tells whether the logs were found to differ from this serial on. There are several such serials if comparisons overlapped, and the
    /// reports may have arrived at the other process in another order.
    /// </summary>
    public bool HasDivergedAt(Serial at) => _divergences.Contains(at);

    /// <summary>Forgets all differences, because the entries that differed are gone.</summary>
    public void ForgetDivergences() => _divergences.Clear();

    public void Hear(Message.Greeting greeting, Incarnation self, long now)
    {
        if (!IsFounded && Position != greeting.Position)
        {
            ForgetDivergences();
        }

        Position = greeting.Position;
        FailureDomain = greeting.FailureDomain;
        Version = greeting.Version;
        HasConfirmedUs |= greeting.Recorded == self;
        GreetedAt = now;
        RepliedAt = greeting.IsReply ? now : RepliedAt;
        GreetAgain(now);
    }

    public void Greeted(long now, int heartbeatTicks, bool isFounding)
    {
        _pause = Math.Clamp(2 * _pause, heartbeatTicks, (isFounding ? PauseMaxOfFounding : PauseMax) * heartbeatTicks);
        GreetAgainAt = now + _pause;
    }

    /// <summary>Ends the pause. The next one is short again.</summary>
    public void GreetAgain(long now) => (_pause, GreetAgainAt) = (0, now);

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
        ForgetDivergences();
        Shown.Clear();
        Lose();
    }
}
