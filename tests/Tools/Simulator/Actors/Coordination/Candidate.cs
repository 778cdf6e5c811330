using Akka.Actor;

using RaftActors.Coordination;
using RaftActors.Core;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>
/// A program on a node of the group. Competes for the leadership, writes as the leader, and has an item in its session. It crashes with its
/// node.
/// </summary>
internal sealed class Candidate : ReceiveActor, IWithTimers
{
    public const string Leadership = "leadership";
    public const string Items = "node/";

    private const int WritesMax = 12;

    private readonly LockLedger _locks;
    private readonly Prng _prng;
    private readonly RaftCoordination _coordination;
    private readonly string _node;
    private CancellationTokenSource _claiming = new();
    private RaftLock? _held;
    private long? _latest;
    private int _writes;

    public Candidate(int node, LockLedger locks, Prng prng)
    {
        (_node, _locks, _prng) = (NodeOf(node), locks, prng);
        _coordination = RaftCoordination.Get(Context.System);
        Receive<RaftLock>(Begin);
        Receive<Lost>(_ => End(), lost => lost.Lock == _held);
        Receive<Written>(OnWritten);
        Receive<Status.Failure>(_ => Later(Next.Put));
        Receive<Ended>(ended => Later(ended.Next));
        Receive<Next>(Do);
    }

    private enum Next
    {
        Acquire,
        Write,
        Put,
        Delete,
        GiveUp,
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    public static string NodeOf(int node) => $"n{node + 1}";

    /// <summary>The name of the item of the program on a node.</summary>
    public static string ItemOf(int node) => $"{Items}{NodeOf(node)}";

    protected override void PreStart()
    {
        Do(Next.Acquire);
        Do(Next.Put);
    }

    private void Do(Next next)
    {
        switch (next)
        {
            case Next.Acquire:
                _claiming = new();
                _coordination.LockAsync(Leadership, text: _node, cancellationToken: _claiming.Token)
                    .PipeTo(Self, failure: _ => new Ended(Next.Acquire));
                Later(Next.GiveUp);
                break;
            case Next.GiveUp when _held is null && _prng.Between(0, 1) == 0:
                _claiming.Cancel();
                break;
            case Next.Write when _held is { } held:
                Write(held);
                break;
            case Next.Put:
                // It writes nothing while the item is there. So the item comes back after its session was lost.
                _coordination.Items
                    .PutAsync($"{Items}{_node}", "", new() { ExpectedVersion = 0, OfSession = true }, Timeout.InfiniteTimeSpan)
                    .PipeTo(Self, success: version => new Written(version));
                break;
            case Next.Delete:
                _coordination.Items.DeleteAsync($"{Items}{_node}").PipeTo(Self, success: _ => new Ended(Next.Put));
                break;
        }
    }

    private static async Task<Ended> ReleaseAsync(RaftLock held)
    {
        await held.DisposeAsync().ConfigureAwait(false);
        return new Ended(Next.Acquire);
    }

    private void OnWritten(Written written) => Later(_prng.Between(0, 1) == 0 ? Next.Delete : Next.Put);

    private void Begin(RaftLock held)
    {
        (_held, _latest, _writes) = (held, null, _prng.Between(0, WritesMax));
        _locks.OnAcquired(held, 1, this);
        var self = Self;
        held.Lost.UnsafeRegister(_ => self.Tell(new Lost(held)), null);
        Later(Next.Write);
    }

    // The register is a call away, so a write may arrive late.
    private void Write(RaftLock held)
    {
        if (_latest is not { } latest)
        {
            _latest = _locks.Begin(held);
        }
        else
        {
            _latest = _locks.TryWrite(held, latest + 1) ? latest + 1 : null;
        }

        if (_latest is null || _writes-- == 0)
        {
            End();
        }
        else
        {
            Later(Next.Write);
        }
    }

    private void End()
    {
        if (_held is { } held)
        {
            _held = null;
            _locks.OnEnded(held);
            ReleaseAsync(held).PipeTo(Self);
        }
    }

    private void Later(Next next) => Timers.StartSingleTimer(
        next, next, TimeSpan.FromMilliseconds(_prng.Between(1, next is Next.GiveUp or Next.Put ? 3000 : 300)));

    private sealed record Lost(RaftLock Lock);

    /// <param name="Version">Null if the item was there.</param>
    private sealed record Written(long Version);

    // A claim has failed, a lock is released, or the item is deleted.
    private sealed record Ended(Next Next);
}
