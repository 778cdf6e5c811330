using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// Tells the actor of quorum, leader, commits and snapshots, in order. All of them wait in two cases:
/// <list type="bullet">
/// <item>
/// A quorum member's Pid is not known yet. The wait ends after one election timeout, since the member may be unreachable. A member that no
/// process has met is not waited for.
/// </item>
/// <item>A snapshot came in and is not durable yet.</item>
/// </list>
/// </summary>
internal sealed class NoticeDesk(EngineContext context)
{
    // A notice is made when it is told, and not before: only then all Pids in it are known.
    private readonly Queue<Func<ToActor>> _waiting = [];
    private long _patience;
    private Snapshot? _held;

    // The latest notice, told or waiting, if it is of commits. Further commits raise it until the actor takes it.
    private ToActor.Committed? _committed;

    private bool MustWait => _held is not null || IsUnmetAwaited;

    private bool IsUnmetAwaited => context.Now < _patience && context.Quorum is { } quorum && quorum.Members.Any(IsUnmet);

    /// <summary>The quorum changed: some of its members may not be known yet.</summary>
    public void OnQuorumChanged() => _patience = context.DeadlineAfter(context.Process.Settings.Timing.ElectionTimeoutMax);

    public void Tell(Func<ToActor> notice)
    {
        _committed = null;
        _waiting.Enqueue(notice);
        TellWaiting();
    }

    /// <summary>Pairs up to this serial are committed.</summary>
    public void TellCommitted(Serial serial)
    {
        if (_committed is null || !_committed.TryRaise(serial))
        {
            var notice = new ToActor.Committed(context.Life, serial);
            Tell(() => notice);
            _committed = notice;
        }
    }

    /// <summary>A snapshot is being installed, and is not durable yet.</summary>
    public void HoldFor(Snapshot snapshot) => _held = snapshot;

    /// <summary>The snapshot is durable. Ignored if another one came in meanwhile.</summary>
    public void Release(Snapshot snapshot)
    {
        if (_held == snapshot)
        {
            _held = null;
            TellWaiting();
        }
    }

    /// <summary>A process was met, or a tick has passed.</summary>
    public void TellWaiting()
    {
        while (_waiting.Count > 0 && !MustWait)
        {
            context.TellActor(_waiting.Dequeue()());
        }
    }

    /// <summary>The life that the notices were meant for is over. The next life is told everything anew.</summary>
    public void Forget()
    {
        _waiting.Clear();
        _committed = null;
    }

    /// <summary>
    /// The engine ends. Notices that wait for a Pid are told. Those that wait for a snapshot are lost with it: an Append among their pairs
    /// ends as unknown.
    /// </summary>
    public void OnStopped()
    {
        _patience = 0;
        TellWaiting();
        if (_held is { Position.Serial: var covered })
        {
            CancelOwnAfter(covered);
        }
    }

    private void CancelOwnAfter(Serial serial)
    {
        var pairs = context.Process.Pairs;
        while (pairs.Read(serial.Next) is { } pair)
        {
            serial = pair.Serial;
            if (context.Process.OwnRef(pair) is { } own)
            {
                context.TellActor(new ToActor.Cancelled(ToActor.AnyLife, own, new CancelReason.Unknown()));
            }
        }
    }

    private bool IsUnmet(Member member) => member.Incarnation != Incarnation.None && context.Peers.ToPid(member.Name).Number == 0;
}
