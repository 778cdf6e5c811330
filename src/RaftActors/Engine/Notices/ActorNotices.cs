using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Tells the actor of quorum, leader, commits and snapshots, in order. All of them wait while a snapshot that came in is not durable.
/// </summary>
internal sealed class ActorNotices(EngineContext context)
{
    private readonly Queue<ToActor> _waiting = [];
    private Snapshot? _held;

    // The latest notice, told or waiting, if it is of commits. Further commits raise it until the actor takes it.
    private ToActor.Committed? _committed;

    public void Tell(ToActor notice)
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
            Tell(notice);
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

    /// <summary>The life that the notices were meant for is over. The next life is told everything anew.</summary>
    public void Forget()
    {
        _waiting.Clear();
        _committed = null;
    }

    /// <summary>
    /// The engine ends. Notices that wait for a snapshot are lost with it: an Append among their pairs ends as unknown.
    /// </summary>
    public void OnStopped()
    {
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
                context.CancelAppend(own, new CancelReason.Unknown(UnknownReason.Stopped));
            }
        }
    }

    private void TellWaiting()
    {
        while (_held is null && _waiting.TryDequeue(out var notice))
        {
            context.TellActor(notice);
        }
    }
}
