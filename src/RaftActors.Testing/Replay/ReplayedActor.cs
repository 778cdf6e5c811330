using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Testing.Simulation;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Testing.Replay;

/// <summary>
/// A raft actor in an actor system of its own, to which a scripted group delivers a log. One call at a time, each of which ends when the
/// actor has applied what it brings.
/// </summary>
internal sealed class ReplayedActor : IDisposable
{
    private readonly string _role;
    private readonly ActorSystem _system;
    private readonly ScriptedGroup<object?> _group;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Serial Serial, string Text)> _failures = [];
    private readonly List<StateDigest> _digests = [];
    private TaskCompletionSource<byte[]?> _answer = new();
    private ActorBase? _actor;
    private RaftProcess? _process;
    private Serial? _awaited;
    private Serial? _failedAt;
    private bool _isRestoring;
    private bool _isTakingState;

    /// <param name="role">Names the actor in messages.</param>
    public ReplayedActor(string role, Func<ActorBase> create, Action<Raft>? setUp, Config? config, ReplaySource source)
    {
        _role = role;
        var group = ConfigurationFactory.ParseString($"raft.group = \"{source.Owner.Group.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"");
        _system = ActorSystem.Create("replay", group.WithFallback(config ?? Config.Empty).WithFallback(NodeLife.Quiet));
        _group = new ScriptedGroup<object?>(_system) { Observe = OnMessage };
        setUp?.Invoke(Raft.Get(_system));

        // A learner gets all pairs, and is not told of a leader.
        _group.BuildQuorum(withActor: false);
        var props = Props.CreateBy(new HostedActor.Producer(() => Create(create, source)));
        var name = source.Owner.Name.Value.Split('@', 2)[0];
        _system.ActorOf(Props.Create(() => new Keeper(this, props, ActorPath.IsValidPathElement(name) ? name : "actor")));
    }

    /// <summary>For the call after <see cref="ApplyAsync"/> or <see cref="RestoreAsync"/>, as all below.</summary>
    public bool HasDigest => DigestOf(_actor!)!.DeclaringType!.Name != typeof(RaftActor<,>).Name; // Justification: it has started.

    public bool HasSnapshot => _actor is IRaftSnapshot;

    /// <summary>The digests within and behind the latest entries.</summary>
    public IReadOnlyList<StateDigest> Digests => _digests;

    /// <summary>The exceptions at the latest entries.</summary>
    public IReadOnlyList<(Serial Serial, string Text)> Failures => _failures;

    /// <exception cref="RaftConfigurationException">The actor cannot start, or cannot restore the snapshot.</exception>
    public Task<byte[]?> RestoreAsync(ReplaySource source, CancellationToken cancellationToken)
    {
        _isRestoring = true;
        _group.Deliver(source.Snapshot!, source.State()); // Justification: the caller knows of it.
        return TakeStateAsync(cancellationToken);
    }

    /// <exception cref="RaftConfigurationException">The actor cannot start, or cannot go on.</exception>
    public async Task ApplyAsync(LogSlice entries, CancellationToken cancellationToken)
    {
        (_answer, _isRestoring) = (new(TaskCreationOptions.RunContinuationsAsynchronously), false);
        _digests.Clear();
        _failures.Clear();
        var last = entries[^1].Serial;
        var hasPairs = last >= entries[0].First;
        _awaited = hasPairs ? last : null;
        _group.Deliver(entries);
        if (hasPairs)
        {
            await AnswerAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>The bytes of a snapshot, or null if the actor takes none, or refuses it.</returns>
    public async Task<byte[]?> TakeStateAsync(CancellationToken cancellationToken)
    {
        _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _isTakingState = true;
        _group.TakeSnapshot();
        var state = await AnswerAsync(cancellationToken).ConfigureAwait(false);
        _isTakingState = false;
        return state;
    }

    /// <summary>Describes what the actor made of a pair.</summary>
    public string Describe(Serial serial, bool withBytes) =>
        _failures.FirstOrDefault(each => each.Serial == serial) is { Text: { } failure } ? $"throws {failure}"
            // Justification: it has started.
            : _process!.Actor!.Results!.Show(serial) is not var (bytes, text) ? "a result that is not kept"
            : withBytes ? $"{text} ({Convert.ToHexStringLower(bytes.Span)})" : text;

    public int VersionOf(Serial serial) => _process!.Pairs.EpochOf(serial).Logic; // Justification: it has started.

    /// <summary>Returns the text of a value, as far as it is known without the types of the actor.</summary>
    public string TextOf(ReadOnlyMemory<byte> value) =>
        ValueCodec<object?>.ContentOfCodec(value.Span) is { } content ? Encoding.UTF8.GetString(content)
            : new ValueCodec<object?>(_system).FindFault(value, out var known) is null ? known?.ToString() ?? "null"
            : Convert.ToHexStringLower(value.Span);

    // Not awaited, because an actor that never returns would hold the caller.
    public void Dispose() => _ = _system.Terminate();

    // Null: it is no raft actor.
    private static MethodInfo? DigestOf(ActorBase actor) =>
        actor.GetType().GetMethod("HandleDigest", BindingFlags.Instance | BindingFlags.NonPublic);

    private ActorBase Create(Func<ActorBase> create, ReplaySource source)
    {
        _actor = create();
        if (DigestOf(_actor) is null)
        {
            throw new RaftConfigurationException(
                $"{_actor.GetType()} does not derive from RaftActor<TValue, TResult>. Use an actor that does.");
        }

        if (Raft.Get(_system).OpenProcesses is [var process, ..])
        {
            _process = process;
            var group = process.Settings.Group;
            if (group != source.Owner.Group)
            {
                throw new RaftConfigurationException($"the actor is of the group {group}, and the log of {source.Owner.Group}. Name a "
                    + $"source of {group}, or the actor of {source.Owner.Group}");
            }

            // Without this, an actor would repeat its effects outside, which it leaves out up to Group.Recovered.
            FoundOf(process) = source.End;
        }

        return _actor;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<Found>k__BackingField")]
    private static extern ref Serial FoundOf(RaftProcess process);

    private async Task<byte[]?> AnswerAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.WhenAny(_answer.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        return await (_ended.Task.IsFaulted ? Failed() : _answer.Task).ConfigureAwait(false);

        async Task<byte[]?> Failed()
        {
            await _ended.Task.ConfigureAwait(false);
            return null;
        }
    }

    private void OnMessage(ToEngine message)
    {
        switch (message)
        {
            case ToEngine.Attach { LastSerial: var last } when last > Serial.Zero:
                End($"it has pairs up to serial {last} of its own, by RaftOptions.LastSerial or Preload. Create it without them.");
                break;
            case ToEngine.Digest digest:
                _digests.Add(digest.Value);
                if (digest.Value.To == _awaited)
                {
                    _answer.TrySetResult(null);
                }

                break;
            case ToEngine.State { Writer: { } writer }:
                _answer.TrySetResult(SnapshotTail.StateOf(ScriptedGroup<object?>.Written(writer)).ToArray());
                break;
            case ToEngine.State:
                _answer.TrySetResult(null);
                break;
            case ToEngine.Unable unable:
                End(unable.Detail);
                break;
        }
    }

    // The actor is suspended meanwhile. A failed pair counts as applied, and its serial is the last one of the digest.
    private Directive OnFailed(Exception cause)
    {
        var root = cause;
        while (root is ActorInitializationException or TypeLoadException or TargetInvocationException && root.InnerException is { } inner)
        {
            root = inner;
        }

        if (_isTakingState && !_isRestoring)
        {
            return Directive.Resume;
        }

        var serial = _process?.Actor?.Results?.Digest.Now.To;
        if (cause is ActorInitializationException || serial is not { } at || _isRestoring || _failedAt == at)
        {
            End(cause is ActorInitializationException || serial is null ? $"it cannot start: {root.Message}"
                : _isRestoring ? $"it cannot restore the snapshot: {root.Message}"
                : $"after serial {serial} it throws again and again: {root.Message}");
            return Directive.Stop;
        }

        _failedAt = at;
        _failures.Add((at, $"{root.GetType().Name}: {root.Message}"));
        return Directive.Resume;
    }

    private void End(string why) => _ended.TrySetException(new RaftConfigurationException($"The {_role} cannot apply the log: {why}"));

    private sealed class Keeper(ReplayedActor replayed, Props props, string name) : UntypedActor
    {
        protected override void PreStart() => Context.Watch(Context.ActorOf(props, name));

        protected override SupervisorStrategy SupervisorStrategy() =>
            new OneForOneStrategy(-1, Timeout.Infinite, replayed.OnFailed, loggingEnabled: false);

        protected override void OnReceive(object message)
        {
            if (message is Terminated)
            {
                replayed.End("it has stopped itself");
            }
        }
    }
}
