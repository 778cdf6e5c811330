using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// What the actor is told of quorum, leader and committed pairs, in order. It is told of a quorum by Pids: one that was met by others, and
/// not by this process yet, has no number here, so everything waits until it is met; not longer than an election timeout, for it may be
/// out of reach. Whom nobody met is not waited for. And a snapshot that came in is told when it is durable, and all else after it.
/// </summary>
internal sealed class NoticeDesk(EngineContext context)
{
    private readonly Queue<Func<ToActor>> _waiting = [];
    private long _patience;
    private Snapshot? _held;

    private bool MustWait => _held is not null || IsUnmetAwaited;

    private bool IsUnmetAwaited => context.Now < _patience && context.Quorum is { } quorum && quorum.Members.Any(IsUnmet);

    /// <summary>The quorum changed: its members may have to be waited for.</summary>
    public void OnQuorumChanged() => _patience = context.DeadlineAfter(context.Process.Settings.ElectionTimeoutMax);

    public void Tell(Func<ToActor> notice)
    {
        _waiting.Enqueue(notice);
        TellWaiting();
    }

    /// <summary>A snapshot came in, and is not durable yet.</summary>
    public void HoldFor(Snapshot snapshot) => _held = snapshot;

    /// <summary>It is durable, unless another one came in meanwhile.</summary>
    public void Release(Snapshot snapshot)
    {
        if (_held == snapshot)
        {
            _held = null;
            TellWaiting();
        }
    }

    /// <summary>A process was met, or time went by.</summary>
    public void TellWaiting()
    {
        while (_waiting.Count > 0 && !MustWait)
        {
            context.TellActor(_waiting.Dequeue()());
        }
    }

    /// <summary>The life that it was meant for is over, and the next is told all anew.</summary>
    public void Forget() => _waiting.Clear();

    /// <summary>
    /// The engine ends: nobody will be met any more, and what is held for a snapshot is lost with it. Whoever waits for the end of an
    /// Append among it is told that nobody knows it.
    /// </summary>
    public void OnStopped()
    {
        _patience = 0;
        TellWaiting();
        foreach (var notice in _waiting)
        {
            foreach (var pair in notice() is ToActor.CommittedPairs committed ? committed.Pairs : [])
            {
                if (context.Process.OwnRef(pair) is { } own)
                {
                    context.TellActor(new ToActor.Cancelled(ToActor.AnyLife, own, new CancelReason.Unknown()));
                }
            }
        }
    }

    private bool IsUnmet(Member member) => member.Incarnation != Incarnation.None && context.Peers.ToPid(member.Name).Number == 0;
}
