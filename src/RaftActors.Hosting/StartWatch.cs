using System.Collections.Immutable;

using Akka.Actor;

namespace RaftActors.Hosting;

/// <summary>Waits until all actors of the host have started, or one of them has failed to.</summary>
internal sealed class StartWatch : ReceiveActor
{
    private readonly TaskCompletionSource _started;
    private readonly HashSet<IActorRef> _running = [];
    private ImmutableArray<IActorRef> _expected;

    /// <param name="started">Completed by this actor.</param>
    public StartWatch(TaskCompletionSource started)
    {
        _started = started;
        Receive<RaftEvent.Started>(told =>
        {
            _running.Add(told.Actor);
            CompleteIfAllRun();
        });
        Receive<RaftEvent.StartFailed>(failed => Fail(failed.Process.Process, failed.Cause.Message, failed.Cause));
        Receive<Expect>(expect =>
        {
            _expected = expect.Actors;
            foreach (var actor in _expected)
            {
                Context.Watch(actor);
            }

            CompleteIfAllRun();
        });
        Receive<Terminated>(ended =>
            Fail(ended.ActorRef.Path.Name, "It has stopped before its PreStart ended. The log has the cause.", null));
    }

    public static RaftStartException FailureOf(string name, string detail, Exception? cause) =>
        new($"The raft actor '{name}' cannot start. {detail}", cause);

    private void Fail(string name, string detail, Exception? cause)
    {
        _started.TrySetException(FailureOf(name, detail, cause));
        Context.Stop(Self);
    }

    private void CompleteIfAllRun()
    {
        if (!_expected.IsDefault && _expected.All(_running.Contains))
        {
            _started.TrySetResult();
            Context.Stop(Self);
        }
    }

    /// <summary>The actors to wait for.</summary>
    public sealed record Expect(ImmutableArray<IActorRef> Actors);
}
