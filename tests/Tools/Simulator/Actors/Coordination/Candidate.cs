using Akka.Actor;

using RaftActors.Coordination;
using RaftActors.Core;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>
/// A program on a node of the group. Competes for the leadership, writes as the leader, and registers the service of its node.
/// It crashes with its node.
/// </summary>
internal sealed class Candidate : ReceiveActor, IWithTimers
{
    public const string Leadership = "leadership";
    public const string Service = "shop";

    private const int Port = 80;
    private const int WritesMax = 12;

    private readonly LockLedger _locks;
    private readonly Prng _prng;
    private readonly RaftCoordination _coordination;
    private readonly string _node;
    private CancellationTokenSource _claiming = new();
    private RaftLock? _held;
    private IAsyncDisposable? _registered;
    private long? _latest;
    private int _writes;

    public Candidate(int node, LockLedger locks, Prng prng)
    {
        (_node, _locks, _prng) = (NodeOf(node), locks, prng);
        _coordination = RaftCoordination.Get(Context.System);
        Receive<RaftLock>(Begin);
        Receive<Lost>(_ => End(), lost => lost.Lock == _held);
        Receive<IAsyncDisposable>(OnRegistered);
        Receive<Status.Failure>(_ => Later(Next.Register));
        Receive<Ended>(ended => Later(ended.Next));
        Receive<Next>(Do);
    }

    private enum Next
    {
        Acquire,
        Write,
        Register,
        Unregister,
        GiveUp,
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    public static string NodeOf(int node) => $"n{node + 1}";

    /// <summary>The item of the service of a node.</summary>
    public static string ServiceOf(int node) => $"service/{Service}/{NodeOf(node)}:{Port}";

    protected override void PreStart()
    {
        Do(Next.Acquire);
        Do(Next.Register);
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
            case Next.Register:
                _coordination.RegisterAsync(Service, _node, Port).PipeTo(Self);
                break;
            case Next.Unregister when _registered is { } registered:
                _registered = null;
                DisposeAsync(registered, Next.Register).PipeTo(Self);
                break;
        }
    }

    private static async Task<Ended> DisposeAsync(IAsyncDisposable held, Next next)
    {
        await held.DisposeAsync().ConfigureAwait(false);
        return new Ended(next);
    }

    private void OnRegistered(IAsyncDisposable registered)
    {
        _registered = registered;
        if (_prng.Between(0, 1) == 0)
        {
            Later(Next.Unregister);
        }
    }

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
            DisposeAsync(held, Next.Acquire).PipeTo(Self);
        }
    }

    private void Later(Next next) =>
        Timers.StartSingleTimer(next, next, TimeSpan.FromMilliseconds(_prng.Between(1, next == Next.GiveUp ? 3000 : 300)));

    private sealed record Lost(RaftLock Lock);

    // A claim has failed, or what was held is released.
    private sealed record Ended(Next Next);
}
