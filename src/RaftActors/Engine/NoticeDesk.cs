using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// What the actor is told of quorum, leader and committed pairs, in order. It is told of a quorum by Pids: one that was met by others, and
/// not by this process yet, has no number here, so everything waits until it is met; not longer than an election timeout, for it may be
/// out of reach. Whom nobody met is not waited for.
/// </summary>
internal sealed class NoticeDesk(EngineContext context)
{
    private readonly Queue<Func<ToActor>> _waiting = [];
    private long _patience;

    private bool MustWait => context.Now < _patience && context.Quorum is { } quorum && quorum.Members.Any(IsUnmet);

    /// <summary>The quorum changed: its members may have to be waited for.</summary>
    public void OnQuorumChanged() => _patience = context.DeadlineAfter(context.Process.Settings.ElectionTimeoutMax);

    public void Tell(Func<ToActor> notice)
    {
        _waiting.Enqueue(notice);
        TellWaiting();
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

    /// <summary>The engine ends: nobody will be met any more.</summary>
    public void OnStopped()
    {
        _patience = 0;
        TellWaiting();
    }

    private bool IsUnmet(Member member) => member.Incarnation != Incarnation.None && context.Peers.ToPid(member.Name).Number == 0;
}
