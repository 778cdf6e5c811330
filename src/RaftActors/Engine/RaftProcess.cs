using System.Buffers.Binary;
using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// One process on this node, from its actor's first life to the end of the actor system: what the lives of the actor and the engine
/// share. Made by <see cref="RaftExtension"/>.
/// </summary>
internal sealed class RaftProcess
{
    private readonly ushort _printedLife;
    private readonly List<(ToEngine Message, IActorRef Actor, long Life)> _unsent = [];

    // Appends that the engine may not have taken on yet, in the order made; what is known to be taken on is dropped now and then.
    private readonly Queue<RequestRef> _appends = [];
    private long _requests;
    private long _lives;
    private IActorRef? _owner;

    // The engine, and the life of the actor that it took on last.
    private (IActorRef? Ref, long Life) _engine;
    private bool _hasEngineStopped;
    private long _lastTakenOn;

    public RaftProcess(RaftSettings settings, long number, Incarnation incarnation, ImmutableArray<LogEntry> preloaded)
    {
        Settings = settings;
        Pid = new Pid(settings.Self, number);
        Member = new Member(settings.Self, incarnation);
        Preloaded = preloaded;
        Span<byte> bytes = stackalloc byte[16];
        incarnation.Value.TryWriteBytes(bytes);
        _printedLife = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        Seed = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
    }

    public RaftSettings Settings { get; }

    public Pid Pid { get; }

    public Member Member { get; }

    /// <summary>The log to start from.</summary>
    public ImmutableArray<LogEntry> Preloaded { get; }

    /// <summary>Written by the engine, read by the actor too.</summary>
    public MemoryStore Store { get; } = new();

    /// <summary>Who waits for the outcome of an Append, by the number of its ref. Only the living actor touches it.</summary>
    public Dictionary<long, IActorRef> ReplyTo { get; } = [];

    /// <summary>For Core's random choices; different for every process and start.</summary>
    public ulong Seed { get; }

    /// <summary>
    /// To the engine, or kept until it has taken this life on: by the process, so that an Append is not lost with the life that made it.
    /// For the living actor only.
    /// </summary>
    public void Tell(ToEngine message, IActorRef actor, long life)
    {
        if (_hasEngineStopped)
        {
            Cancel(message, actor, life);
            return;
        }

        if (message is ToEngine.Append append)
        {
            DropTakenOn();
            _appends.Enqueue(append.Request);
        }

        if (_engine is ({ } engine, var taken) && taken == life)
        {
            engine.Tell(message, actor);
        }
        else
        {
            _unsent.Add((message, actor, life));
        }
    }

    /// <summary>The engine took a life of the actor on. Gets of an earlier one have ended with it.</summary>
    public void MeetEngine(IActorRef engine, long life)
    {
        _engine = (engine, life);
        foreach (var (message, actor, _) in _unsent.Where(each => each.Life == life || each.Message is ToEngine.Append))
        {
            engine.Tell(message, actor);
        }

        _unsent.Clear();
    }

    /// <summary>The engine read this. For the engine only.</summary>
    public void TakeOn(ToEngine.Append append) => Volatile.Write(ref _lastTakenOn, append.Request.Number);

    /// <summary>The engine has stopped for good. Gives the Appends that it never read, and so were written nowhere.</summary>
    public IReadOnlyList<RequestRef> LoseEngine()
    {
        DropTakenOn();
        var lost = _appends.ToArray();
        _appends.Clear();
        _unsent.Clear();
        _hasEngineStopped = true;
        return lost;
    }

    public RequestRef NewRequest() => ToRef(Interlocked.Increment(ref _requests));

    public RequestRef ToRef(long number) => new(Pid.Node, _printedLife, number);

    public RequestId ToId(RequestRef request) => new(Member, request.Number);

    public long BeginLife() => Interlocked.Increment(ref _lives);

    /// <exception cref="RaftConfigurationException">Another living actor is this process.</exception>
    public void Claim(IActorRef actor)
    {
        var owner = Interlocked.CompareExchange(ref _owner, actor, null);
        if (owner is not null && !owner.Equals(actor))
        {
            throw new RaftConfigurationException(
                $"'{Pid.Name}' of group '{Settings.Group}' lives at {owner.Path} already, so {actor.Path} cannot be it too. "
                + "Give one of them another Name or Group in its RaftOptions.");
        }
    }

    public void Release(IActorRef actor)
    {
        var owner = Volatile.Read(ref _owner);
        if (actor.Equals(owner))
        {
            Interlocked.CompareExchange(ref _owner, null, owner);
        }
    }

    private static void Cancel(ToEngine message, IActorRef actor, long life)
    {
        switch (message)
        {
            case ToEngine.Append append:
                actor.Tell(new ToActor.Cancelled(ToActor.AnyLife, append.Request, CancelReason.NotCommitted.EngineStopped), actor);
                break;
            case ToEngine.Get get:
                actor.Tell(new ToActor.Cancelled(life, get.Request, new CancelReason.Unavailable()), actor);
                break;
        }
    }

    private void DropTakenOn()
    {
        while (_appends.TryPeek(out var first) && first.Number <= Volatile.Read(ref _lastTakenOn))
        {
            _appends.Dequeue();
        }
    }
}
