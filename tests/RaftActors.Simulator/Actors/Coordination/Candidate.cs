using Akka.Actor;

using RaftActors.Coordination;
using RaftActors.Core;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>
/// A program on a node of the group. Competes for the leadership by message, writes as the leader, and registers the service of its node.
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
    private readonly IActorRef _calls;
    private readonly RaftCoordination _coordination;
    private readonly string _node;
    private RaftLock? _held;
    private IAsyncDisposable? _registered;
    private long? _latest;
    private int _writes;

    public Candidate(int node, LockLedger locks, Prng prng)
    {
        (_node, _locks, _prng) = (NodeOf(node), locks, prng);
        _coordination = RaftCoordination.Get(Context.System);
        _calls = _coordination.Actor;
        Receive<CoordinationEvent.Acquired>(acquired => Begin(acquired.Lock));
        Receive<CoordinationEvent.NotAcquired>(_ => Later(Next.Acquire));
        Receive<CoordinationEvent.Released>(_ => Later(Next.Acquire));
        Receive<CoordinationEvent.Lost>(_ => End(Next.Acquire));
        Receive<IAsyncDisposable>(OnRegistered);
        Receive<Status.Failure>(_ => Later(Next.Register));
        Receive<Next>(Do);
    }

    private enum Next
    {
        Acquire,
        Write,
        Release,
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
                _calls.Tell(new CoordinationCommand.Acquire(Leadership, Text: _node));
                Later(Next.GiveUp);
                break;
            case Next.GiveUp when _held is null && _prng.Between(0, 1) == 0:
                _calls.Tell(new CoordinationCommand.Release(Leadership));
                break;
            case Next.Write when _held is { } held:
                Write(held);
                break;
            case Next.Release:
                _calls.Tell(new CoordinationCommand.Release(Leadership));
                break;
            case Next.Register:
                _coordination.RegisterAsync(Service, _node, Port).PipeTo(Self);
                break;
            case Next.Unregister when _registered is { } registered:
                _registered = null;
                UnregisterAsync(registered).PipeTo(Self);
                break;
        }
    }

    private static async Task<object> UnregisterAsync(IAsyncDisposable registered)
    {
        await registered.DisposeAsync().ConfigureAwait(false);
        return Next.Register;
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
            End(Next.Release);
        }
        else
        {
            Later(Next.Write);
        }
    }

    private void End(Next next)
    {
        if (_held is { } held)
        {
            _held = null;
            _locks.OnEnded(held);
            Later(next);
        }
    }

    private void Later(Next next) =>
        Timers.StartSingleTimer(next, next, TimeSpan.FromMilliseconds(_prng.Between(1, next == Next.GiveUp ? 3000 : 300)));
}
