using System.Buffers.Binary;

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

    // What the engine may not have taken on yet and every life waits for, in the order made; what is known to be is dropped now and then.
    private readonly Queue<(RequestRef Request, ToEngine Message)> _open = [];
    private long _requests;
    private long _lives;
    private IActorRef? _owner;

    // The engine, and the life of the actor that it took on last.
    private (IActorRef? Ref, long Life) _engine;
    private bool _hasEngineStopped;
    private long _lastTakenOn;
    private volatile string? _fence;
    private volatile string? _decision;

    public RaftProcess(RaftSettings settings, long number, Incarnation incarnation, LogSlice preloaded)
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
    public LogSlice Preloaded { get; }

    /// <summary>Written by the engine, read by the actor too.</summary>
    public MemoryStore Store { get; } = new();

    /// <summary>Who waits for the outcome of an Append, by the number of its ref. Only the living actor touches it.</summary>
    public Dictionary<long, IActorRef> ReplyTo { get; } = [];

    /// <summary>Who waits for the outcome of a Query, by the number of its ref. Only the living actor touches it.</summary>
    public Dictionary<long, Question> Questions { get; } = [];

    /// <summary>Why this process takes no part any more; null as long as it does. Written by the engine, read by the actor too.</summary>
    public string? Fence
    {
        get => _fence;
        set => _fence = value;
    }

    /// <summary>What this process, as the leader, decided last about who is in the group, and why.</summary>
    public string? Decision
    {
        get => _decision;
        set => _decision = value;
    }

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

        if (RequestOfAnyLife(message) is { } request)
        {
            DropTakenOn();
            _open.Enqueue((request, message));
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

    /// <summary>The engine took a life of the actor on. Gets and queries of an earlier one have ended with it.</summary>
    public void MeetEngine(IActorRef engine, long life)
    {
        _engine = (engine, life);
        foreach (var (message, actor, _) in _unsent.Where(each => each.Life == life || RequestOfAnyLife(each.Message) is not null))
        {
            engine.Tell(message, actor);
        }

        _unsent.Clear();
    }

    /// <summary>The engine read this. For the engine only.</summary>
    public void TakeOn(RequestRef request) => Volatile.Write(ref _lastTakenOn, request.Number);

    /// <summary>The engine has stopped for good. What it never read reached nobody, and ends.</summary>
    public void LoseEngine(IActorRef actor, long life)
    {
        DropTakenOn();
        _unsent.Clear();
        _hasEngineStopped = true;
        while (_open.TryDequeue(out var lost))
        {
            Cancel(lost.Message, actor, life);
        }
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
            case ToEngine.Change change:
                change.ReplyTo?.Tell(new ChangeOutcome.Refused(change.Request, CancelReason.NotCommitted.EngineStopped.Detail), actor);
                break;
            case ToEngine.Explain explain:
                explain.ReplyTo.Tell(new Explanation(explain.Request, CancelReason.NotCommitted.EngineStopped.Detail), actor);
                break;
            case ToEngine.Get get:
                actor.Tell(new ToActor.Cancelled(life, get.Request, new CancelReason.Unavailable()), actor);
                break;
            case ToEngine.Query query:
                actor.Tell(new ToActor.Cancelled(life, query.Request, new CancelReason.Unavailable()), actor);
                break;
        }
    }

    // What outlives the life that asked for it.
    private static RequestRef? RequestOfAnyLife(ToEngine message) => message switch
    {
        ToEngine.Append append => append.Request,
        ToEngine.Change change => change.Request,
        ToEngine.Explain explain => explain.Request,
        _ => null,
    };

    private void DropTakenOn()
    {
        while (_open.TryPeek(out var first) && first.Request.Number <= Volatile.Read(ref _lastTakenOn))
        {
            _open.Dequeue();
        }
    }

    /// <summary>What a Query asks, and who waits for the answer.</summary>
    public sealed record Question(RequestRef Request, object Asked, IActorRef? ReplyTo);
}
