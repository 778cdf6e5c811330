namespace RaftActors.Core;

/// <summary>
/// The pauses of this process (<see cref="Input.Paused"/>). On a machine that has too little time for all its processes, a leader and its
/// followers stand still in turn. Each would lose patience with the pauses of the others, and the group would elect one leader after
/// another. So a starved process takes the others for as starved as itself, and tolerates their silence for longer.
/// </summary>
internal sealed class Pauses(CoreOptions options, Clock clock)
{
    /// <summary>
    /// A question and its answer wait for the reader of the connection and for Core, on both sides. Each of the four may begin a pause.
    /// </summary>
    private const int Waits = 4;

    private long _resumedAt;
    private long _tolerated;

    /// <summary>
    /// The ticks by which a silence is tolerated longer. None after as many ticks without a pause, because then the process is starved no
    /// more, and a lost leader must be replaced soon.
    /// </summary>
    public int TimeoutExtension => clock.Now - _resumedAt <= _tolerated ? (int)_tolerated : 0;

    /// <summary>
    /// Notes a pause. A single one says nothing of the others, as a collection of garbage or a machine that was suspended for hours. So it
    /// counts only if this process ran for a shorter time before it, and for no longer than an election timeout. This also bounds the
    /// extension.
    /// </summary>
    public void Note(Input.Paused pause)
    {
        // While another process pauses for as long, this one counts the share of the ticks that it counted lately.
        var ran = Math.Max(0, clock.Now - _resumedAt);
        var isStarved = ran <= pause.Ticks && ran <= options.ElectionTimeoutMaxTicks;
        var silence = isStarved ? pause.Ticks * (ran + pause.Counted) / (ran + pause.Ticks) : 0;
        _tolerated = Math.Max(Waits * silence, TimeoutExtension / 2);
        _resumedAt = clock.Now + pause.Counted;
    }
}
