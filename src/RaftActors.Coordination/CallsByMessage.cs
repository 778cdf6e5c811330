using Akka.Actor;
using Akka.Event;

namespace RaftActors.Coordination;

/// <summary>
/// Serves the actors of this node by message. The claims and streams of an actor end when it stops or ends them.
/// </summary>
/// <param name="coordination">Does the work. Its tasks come back as messages, which carry their call.</param>
internal sealed class CallsByMessage(RaftCoordination coordination) : UntypedActor
{
    // Invariant: each client in it is watched, and each call in it goes on.
    private readonly Dictionary<IActorRef, Dictionary<(Kind Kind, string Name), Call>> _calls = [];

    private readonly ILoggingAdapter _log = Context.GetLogger();

    private enum Kind
    {
        Lock,
        Holders,
        Items,
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CoordinationCommand when Sender is not IActorRefScope { IsLocal: true } || Sender.Equals(Context.System.DeadLetters):
                _log.Warning(
                    "{0} of {1} is ignored: it must come from an actor of this node, whose end releases what it holds.", message, Sender);
                break;
            case CoordinationCommand.Acquire acquire:
                Acquire(acquire);
                break;
            case CoordinationCommand.Release release:
                Release(release.Name);
                break;
            case CoordinationCommand.Observe { Name: var name }:
                Follow(
                    Kind.Holders,
                    name,
                    cancellation => coordination.ObserveAsync(name, cancellation),
                    holders => new CoordinationEvent.Holders(name, holders));
                break;
            case CoordinationCommand.Unobserve unobserve:
                Remove(Sender, Kind.Holders, unobserve.Name)?.End();
                break;
            case CoordinationCommand.Watch { Prefix: var prefix }:
                Follow(
                    Kind.Items,
                    prefix,
                    cancellation => coordination.Items.WatchAsync(prefix, cancellation),
                    change => new CoordinationEvent.Changed(prefix, change));
                break;
            case CoordinationCommand.Unwatch unwatch:
                Remove(Sender, Kind.Items, unwatch.Prefix)?.End();
                break;
            case OfCall { Call.HasEnded: false } told:
                OnEvent(told.Call, told.Event);
                break;
            case OfCall { Event: CoordinationEvent.Acquired late }:
                // The claim was given up just as it was granted.
                _ = late.Lock.DisposeAsync().AsTask();
                break;
            case Terminated ended when _calls.Remove(ended.ActorRef, out var calls):
                foreach (var call in calls.Values)
                {
                    call.End();
                }

                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        foreach (var call in _calls.Values.SelectMany(each => each.Values))
        {
            call.End();
        }
    }

    private void Acquire(CoordinationCommand.Acquire acquire)
    {
        if (Find(Sender, Kind.Lock, acquire.Name) is not null)
        {
            Sender.Tell(new CoordinationEvent.NotAcquired(
                acquire.Name, $"This actor has a claim to '{acquire.Name}' already. Release it first."));
            return;
        }

        var call = Add(Kind.Lock, acquire.Name);
        AcquireAsync(acquire, call).PipeTo(Self);
    }

    private async Task<OfCall> AcquireAsync(CoordinationCommand.Acquire acquire, Call call)
    {
        try
        {
            var held = acquire.Waits
                ? await coordination.LockAsync(acquire.Name, acquire.Permits, acquire.Text, call.Ended).ConfigureAwait(false)
                : await coordination.TryLockAsync(acquire.Name, acquire.Permits, acquire.Text, call.Ended).ConfigureAwait(false);
            return new OfCall(call, held is null
                ? new CoordinationEvent.NotAcquired(acquire.Name, null)
                : new CoordinationEvent.Acquired(held));
        }
        catch (Exception e)
        {
            return new OfCall(call, new CoordinationEvent.NotAcquired(acquire.Name, e.Message));
        }
    }

    private void Release(string name)
    {
        var call = Remove(Sender, Kind.Lock, name);
        ReleaseAsync().PipeTo(Sender, Self);

        async Task<CoordinationEvent> ReleaseAsync()
        {
            await (call?.End() ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new CoordinationEvent.Released(name);
        }
    }

    private void Follow<T>(
        Kind kind, string name, Func<CancellationToken, IAsyncEnumerable<T>> follow, Func<T, CoordinationEvent> toEvent)
    {
        Remove(Sender, kind, name)?.End();
        var call = Add(kind, name);
        var self = Self;
        _ = TellAsync();

        async Task TellAsync()
        {
            try
            {
                await foreach (var each in follow(call.Ended).ConfigureAwait(false))
                {
                    self.Tell(new OfCall(call, toEvent(each)));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The call has ended, or the actor system.
            }
        }
    }

    private void OnEvent(Call call, CoordinationEvent told)
    {
        switch (told)
        {
            case CoordinationEvent.Acquired { Lock: var held }:
                call.Hold(held, Self);
                break;
            case CoordinationEvent.NotAcquired or CoordinationEvent.Lost:
                Remove(call.Client, call.Kind, call.Name);
                call.End();
                break;
        }

        call.Client.Tell(told);
    }

    private Call? Find(IActorRef client, Kind kind, string name) => _calls.GetValueOrDefault(client)?.GetValueOrDefault((kind, name));

    private Call Add(Kind kind, string name)
    {
        if (!_calls.TryGetValue(Sender, out var calls))
        {
            _calls.Add(Sender, calls = []);
            Context.Watch(Sender);
        }

        var call = new Call(Sender, kind, name);
        calls.Add((kind, name), call);
        return call;
    }

    private Call? Remove(IActorRef client, Kind kind, string name)
    {
        if (!_calls.TryGetValue(client, out var calls) || !calls.Remove((kind, name), out var call))
        {
            return null;
        }

        if (calls.Count == 0)
        {
            _calls.Remove(client);
            Context.Unwatch(client);
        }

        return call;
    }

    private sealed record OfCall(Call Call, CoordinationEvent Event) : INoSerializationVerificationNeeded;

    private sealed class Call(IActorRef client, Kind kind, string name)
    {
        private readonly CancellationTokenSource _ending = new();
        private CancellationTokenRegistration _onLost;
        private RaftLock? _held;

        public IActorRef Client => client;

        public Kind Kind => kind;

        public string Name => name;

        public CancellationToken Ended => _ending.Token;

        public bool HasEnded => _ending.IsCancellationRequested;

        public void Hold(RaftLock held, IActorRef actor)
        {
            _held = held;
            _onLost = held.Lost.UnsafeRegister(_ => actor.Tell(new OfCall(this, new CoordinationEvent.Lost(name))), null);
        }

        /// <summary>Withdraws the claim, releases the lock, or ends the stream.</summary>
        /// <returns>Ends when the group has released the lock.</returns>
        public Task End()
        {
            _ending.Cancel();
            _onLost.Dispose();
            return _held?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        }
    }
}
