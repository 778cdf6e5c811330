namespace RaftActors.Tests.Groups;

/// <summary>
/// Asks actors to identify themselves, each one once the one before it has answered. The answers do not wake the thread of the test, which
/// would take most of the time of a test on a virtual clock.
/// </summary>
internal sealed class Pulse(ExtendedActorSystem system, TimeSpan guard) : MinimalActorRef
{
    private readonly SemaphoreSlim _passed = new(0);
    private IEnumerator<ICanTell> _left = Enumerable.Empty<ICanTell>().GetEnumerator();
    private ActorIdentity? _latest;

    public override ActorPath Path { get; } = new RootActorPath(system.Provider.DefaultAddress) / "pulse";

    public override IActorRefProvider Provider => system.Provider;

    /// <summary>Returns when all have answered, in this order, with the last answer.</summary>
    /// <exception cref="TimeoutException">An actor did not answer in time.</exception>
    public ActorIdentity Pass(IEnumerable<ICanTell> actors)
    {
        _left = actors.GetEnumerator();
        AskNext();
        return _passed.Wait(guard) && _latest is { } latest
            ? latest
            : throw new TimeoutException($"{_left.Current} did not answer within {guard}.");
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is ActorIdentity identity)
        {
            _latest = identity;
            AskNext();
        }
    }

    private void AskNext()
    {
        if (_left.MoveNext())
        {
            _left.Current.Tell(new Identify(_left.Current), this);
        }
        else
        {
            _passed.Release();
        }
    }
}
