using System.Reflection;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Effects;

/// <summary>
/// The effects of a raft actor outside of its group, such as mails and payments. The actor asks for one in HandleAppend, so it is part of
/// the replicated state. The actor of the leader alone runs its handler, and appends a pair that ends it. The next leader runs those that
/// have not ended, so each handler runs at least once, and mostly once.
/// <para>
/// Create it in the constructor of the actor, and call it in the actor only. An actor may have several, each with a case of the values of
/// its own.
/// </para>
/// </summary>
/// <typeparam name="TEffect">The type of the values of the effects. The actor's snapshots have them.</typeparam>
public sealed class RaftOutbox<TEffect>
{
    // The number of an effect is the stamp of its pair, and its place in the pair. The stamp needs the other 52 bits, because after a
    // restore it is about the microseconds since 1970, which have 52 bits until the year 2112.
    private const int PlaceBits = 11;

    private const long Begin = 0;

    // Replicated.
    private readonly SortedDictionary<long, KeptEffect<TEffect>> _kept = [];
    private readonly Dictionary<string, Queue<long>> _byName = new(StringComparer.Ordinal);
    private long _number;
    private long _size;

    // Of a leader alone.
    private readonly IActorContext _context;
    private readonly Func<RaftEffect<TEffect>, CancellationToken, Task> _handler;
    private readonly Func<EffectEnd, RequestRef> _append;
    private readonly RaftOutboxOptions<TEffect> _options;
    private readonly Dictionary<string, long> _running = new(StringComparer.Ordinal);
    private readonly Queue<string> _ready = new();
    private readonly SortedDictionary<long, EffectEnd> _appended = [];
    private HashSet<long> _late = [];
    private Leader? _leader;
    private IActorRef? _runner;
    private OutboxMetrics? _metrics;
    private RequestRef? _begin;
    private long? _token;
    private bool _isAsked;
    private bool _isTicking;

    /// <summary>Creates the outbox of an actor, in its constructor.</summary>
    /// <param name="context">The Context of the actor.</param>
    /// <param name="handler">
    /// Carries out an effect, on the leader, in an actor beside this one. The effect is done when the task succeeds. After a failure it is
    /// tried again. The token is cancelled when this process leads no more, or the actor stops. It should not block.
    /// </param>
    /// <param name="append">
    /// Appends a pair with this end: <c>end => Group.Append("outbox", new MailEnded(end))</c>. If it fails, HandleCancel is called, and the
    /// outbox appends it again.
    /// </param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="InvalidOperationException">The actor does not override HandleLeader.</exception>
    public RaftOutbox(
        IActorContext context,
        Func<RaftEffect<TEffect>, CancellationToken, Task> handler,
        Func<EffectEnd, RequestRef> append,
        RaftOutboxOptions<TEffect>? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(append);
        (_context, _handler, _append, _options) = (context, handler, append, options ?? new());
        _options.Check();

        // Otherwise no effect would ever run, without a sign of it.
        const BindingFlags Callbacks = BindingFlags.Instance | BindingFlags.NonPublic;
        if (context.Props.Type.GetMethod("HandleLeader", Callbacks, [typeof(Leader)])?.DeclaringType is { IsGenericType: true } declarer
            && declarer.GetGenericTypeDefinition() == typeof(RaftActor<,>))
        {
            throw new InvalidOperationException(
                $"{context.Props.Type.Name} has an outbox and does not override HandleLeader, so no effect would run. Override it, and "
                + "call HandleLeader of the outbox there.");
        }
    }

    /// <summary>The number of effects that have not ended.</summary>
    public int Count => _kept.Count;

    /// <summary>
    /// Asks for an effect, in HandleAppend or HandleReminder of every process. It keeps the effect in any case, also beyond the bounds, so
    /// that all processes have the same ones.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the group.</typeparam>
    /// <param name="entry">The pair that is handled.</param>
    /// <param name="name">
    /// Any text. Effects of one name run in the order of the calls, one at a time; those of different names at once.
    /// </param>
    /// <param name="effect">The value for the handler.</param>
    /// <returns>The number of the effect.</returns>
    /// <exception cref="InvalidOperationException">The pair has asked for 2,048 effects already, or has no stamp.</exception>
    public long Do<TValue>(Entry<TValue> entry, string name, TEffect effect)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(name);
        var first = entry.Stamp << PlaceBits;
        var number = Math.Max(first, _number + 1);
        if (number >> PlaceBits != entry.Stamp || number == Begin)
        {
            throw new InvalidOperationException(
                $"The pair {entry.Serial} cannot ask for a further effect: a pair has at most {1 << PlaceBits}, and asks in its own "
                + "HandleAppend. Ask for the rest in a later pair.");
        }

        Keep(new KeptEffect<TEffect>(number, name, effect, entry.Time));
        if (_byName[name].Count == 1)
        {
            LookAt(name);
        }

        return number;
    }

    /// <summary>Handles an end that this outbox has appended, in HandleAppend of every process.</summary>
    /// <typeparam name="TValue">The type of the values of the group.</typeparam>
    /// <param name="entry">The pair that is handled.</param>
    /// <param name="end">The end in its value.</param>
    /// <returns>
    /// The effect that has ended with this pair, done or failed for good. Null: the pair ends none, because an earlier one did, a leader
    /// begins, or a client appended it.
    /// </returns>
    public EndedEffect<TEffect>? Apply<TValue>(Entry<TValue> entry, EffectEnd end)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(end);
        if (entry.Client is not null)
        {
            return null;
        }

        if (end.Number == Begin)
        {
            OnBegun(entry.Stamp, entry.Request);
            return null;
        }

        if (!_kept.Remove(end.Number, out var effect))
        {
            return null;
        }

        _size -= SizeOf(effect.Value);
        Show();
        var numbers = _byName[effect.Name];
        numbers.Dequeue();
        if (numbers.Count == 0)
        {
            _byName.Remove(effect.Name);
        }

        if (_appended.Remove(end.Number))
        {
            _running.Remove(effect.Name);
        }
        else if (_running.TryGetValue(effect.Name, out var running) && running == end.Number)
        {
            // An earlier leader has ended it. The runner says when its own handler has ended, too.
            _runner?.Tell(new EffectRunner<TEffect>.Forget(end.Number), _context.Self);
        }

        LookAt(effect.Name);
        return new(effect.Number, effect.Name, effect.Value, end.Failure);
    }

    /// <summary>
    /// Tells whether the outbox is full, for HandleProposal: ask it before a pair that would ask for this effect, and never before the pair
    /// of an <see cref="EffectEnd"/>. Proposals in flight may pass together, so the outbox may exceed its bounds by those.
    /// </summary>
    /// <param name="effect">The value of the effect that would be kept.</param>
    /// <returns>Why the pair is to be refused, as a text for its caller. Null: it may be written.</returns>
    public string? FindExcess(TEffect effect) =>
        _kept.Count >= _options.CountMax
            ? $"{_kept.Count} effects have not ended, and {_options.CountMax} are allowed. Try again when some have."
        : _size + SizeOf(effect) > _options.SizeMax
            ? $"The effects that have not ended have {_size} bytes, and {_options.SizeMax} are allowed. Try again when some have."
        : null;

    /// <summary>Begins or stops to run handlers. Call it in each HandleLeader of the actor.</summary>
    /// <param name="leader">The argument of HandleLeader.</param>
    public void HandleLeader(Leader? leader)
    {
        if (leader is not { IsSelf: true, IsReady: true })
        {
            Stop();
        }
        else if (_runner is null || _leader?.Term != leader.Term)
        {
            Stop();
            Start(leader);
        }
    }

    /// <summary>Works in the actor's turn. The actor calls it for each <see cref="OutboxTurn"/>, of any of its outboxes.</summary>
    /// <param name="turn">The message.</param>
    public void Run(OutboxTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        if (!turn.Runner.Equals(_runner))
        {
            return;
        }

        if (turn.IsLost)
        {
            BeginAnew();
            return;
        }

        _isAsked = false;
        if (turn.End is { } end)
        {
            OnRan(turn.Name, end);
        }

        GoOn(_runner, turn.IsTick ? AppendAgain() : null);
    }

    /// <summary>Returns the effects that have not ended, for the snapshot of the actor.</summary>
    public OutboxState<TEffect> ToState() => new([.. _kept.Values]);

    /// <summary>Replaces the effects by those of a snapshot, in RestoreSnapshot.</summary>
    /// <param name="state">The result of a <see cref="ToState"/>.</param>
    public void Restore(OutboxState<TEffect> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _kept.Clear();
        _byName.Clear();
        (_number, _size) = (0, 0);
        foreach (var effect in state.Effects)
        {
            Keep(effect);
        }

        BeginAnew();
    }

    private void Keep(KeptEffect<TEffect> effect)
    {
        _kept.Add(effect.Number, effect);
        if (!_byName.TryGetValue(effect.Name, out var numbers))
        {
            _byName.Add(effect.Name, numbers = new());
        }

        numbers.Enqueue(effect.Number);
        _number = effect.Number;
        _size += SizeOf(effect.Value);
        Show();
    }

    private void Show() => _metrics?.Show(_kept.Count, _kept.Values.FirstOrDefault()?.Since);

    // An exception here would hold the actor of each process that has this option, at the pair that asks for the effect.
    private int SizeOf(TEffect effect)
    {
        try
        {
            return _options.SizeOf?.Invoke(effect) ?? 0;
        }
        catch (Exception cause)
        {
            _context.GetLogger().Error(
                cause, "SizeOf of the outbox of {Actor} failed, so the effect counts as 0 bytes. Correct it.", _context.Self.Path);
            return 0;
        }
    }

    private void Start(Leader leader)
    {
        _leader = leader;
        var group = Raft.Get(_context.System).Processes.FirstOrDefault(process => _context.Self.Equals(process.Actor))?.Group;
        OutboxMetrics metrics = new(_context.System.Scheduler, group, leader.Name.Value);
        var (handler, options) = (_handler, _options);
        _runner = _context.ActorOf(Props.Create(() => new EffectRunner<TEffect>(handler, options, metrics)));
        _metrics = metrics;
        Show();
    }

    private void Stop()
    {
        if (_runner is not null)
        {
            _context.Stop(_runner);

            // The runner does it late if a handler blocks it, and the next runner has begun then.
            _metrics?.Remove();
        }

        (_runner, _metrics, _begin, _token, _isAsked, _isTicking, _late) = (null, null, null, null, false, false, []);
        _running.Clear();
        _ready.Clear();
        _appended.Clear();
    }

    private void BeginAnew()
    {
        if (_runner is not null && _leader is { } leader)
        {
            Stop();
            Start(leader);
        }
    }

    // Invariant: a handler runs only after the pair of its own leadership. All ends before that pair are applied then, and the stamp of the
    // pair is higher than the token of each earlier leader, because it is behind theirs in the log.
    private void OnBegun(long stamp, RequestRef? request)
    {
        if (request is { } own && own == _begin)
        {
            _token = stamp;
            _appended.Remove(Begin);
            _byName.OrderBy(name => name.Value.Peek()).ToList().ForEach(name => LookAt(name.Key));
        }
        else if (stamp > _token)
        {
            // A former leader may have used this token, because its pair was late, and the receivers would refuse the present one.
            BeginAnew();
        }
    }

    private void OnRan(string name, EffectEnd end)
    {
        if (_kept.ContainsKey(end.Number))
        {
            Append(end);
        }
        else
        {
            _running.Remove(name);
            _ready.Enqueue(name);
        }
    }

    private void Append(EffectEnd end)
    {
        _appended[end.Number] = end;
        var request = _append(end);
        _begin = end.Number == Begin ? request : _begin;
    }

    // An Append may end without its pair. A second pair of the same end does nothing. Returns an effect that waits for such a pair.
    private KeptEffect<TEffect>? AppendAgain()
    {
        _isTicking = false;
        var late = _appended.Values.Where(end => _late.Contains(end.Number)).ToList();
        late.ForEach(Append);
        _late = [.. _appended.Keys];
        return late is [{ Number: var number }, ..]
            ? number == Begin ? _kept.Values.FirstOrDefault() : _kept.GetValueOrDefault(number)
            : null;
    }

    // In a turn of its own, because the pairs of one Append are handled together.
    private void LookAt(string name)
    {
        if (_runner is null)
        {
            return;
        }

        if (_token is not null)
        {
            _ready.Enqueue(name);
        }

        if (!_isAsked)
        {
            _isAsked = true;
            _context.Self.Tell(new OutboxTurn(_runner), _context.Self);
        }
    }

    private void GoOn(IActorRef runner, KeptEffect<TEffect>? late)
    {
        if (_kept.Count == 0)
        {
            return;
        }

        if (!_isTicking)
        {
            _isTicking = true;
            runner.Tell(new EffectRunner<TEffect>.Tick(late), _context.Self);
        }

        if (_token is not { } token)
        {
            if (!_appended.ContainsKey(Begin))
            {
                Append(new EffectEnd(Begin));
            }

            return;
        }

        while (_ready.TryDequeue(out var name))
        {
            if (_byName.TryGetValue(name, out var numbers) && _running.TryAdd(name, numbers.Peek()))
            {
                var effect = _kept[numbers.Peek()];
                runner.Tell(
                    new EffectRunner<TEffect>.Begin(new(effect.Name, effect.Value, effect.Number, 1, token), effect.Since), _context.Self);
            }
        }
    }
}
