using Akka.Actor;
using Akka.Hosting;

namespace RaftActors.Hosting;

/// <summary>Starts raft actors, and waits until all of them have started or one has failed.</summary>
internal static class ActorStart
{
    /// <exception cref="RaftStartException">An actor cannot start.</exception>
    public static async Task RunAsync(ActorSystem system, IActorRegistry registry, IEnumerable<PlannedActor> planned)
    {
        Prepare(system);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = system.ActorOf(Props.Create(() => new StartWatch(ended)));
        system.EventStream.Subscribe(watch, typeof(RaftEvent.Started));
        system.EventStream.Subscribe(watch, typeof(RaftEvent.StartFailed));
        watch.Tell(new StartWatch.Expect([.. planned.Select(each => (Start(system, registry, each, ended), each))]));
        await ended.Task.ConfigureAwait(false);
    }

    // Called before the first constructor, because a codec that an actor makes needs the types of WithRaftSetup.
    private static void Prepare(ActorSystem system)
    {
        try
        {
            _ = Raft.Get(system);
        }
        catch (Exception cause)
        {
            throw new RaftStartException($"The raft actors cannot start. {cause.Message}", cause);
        }
    }

    private static IActorRef Start(ActorSystem system, IActorRegistry registry, PlannedActor planned, TaskCompletionSource ended)
    {
        // Returns whether the failure belongs to the start. A failure after a restart does not, and the supervisor decides what follows.
        // The watch may have reported this failure before.
        bool Fail(Exception cause) => ended.TrySetException(FailureOf(planned.Name, cause.Message, cause))
            || ended.Task.Exception?.InnerException?.InnerException == cause;

        IActorRef actor;
        try
        {
            actor = system.ActorOf(planned.MakeProps(system, Fail), planned.Name);
        }
        catch (InvalidActorNameException cause)
        {
            throw FailureOf(planned.Name, $"{cause.Message} Give this one another name.", cause);
        }

        if (planned.Key is { } key && !registry.TryRegister(key, actor))
        {
            throw FailureOf(
                planned.Name, $"The ActorRegistry has an actor with the key {key} already. Use WithRaftActor<TKey, TActor>.", null);
        }

        return actor;
    }

    private static RaftStartException FailureOf(string name, string detail, Exception? cause) =>
        new($"The raft actor '{name}' cannot start. {detail}", cause);

    private sealed class StartWatch : ReceiveActor
    {
        private readonly TaskCompletionSource _ended;
        private readonly Dictionary<IActorRef, string> _groups = [];
        private IReadOnlyList<(IActorRef Actor, PlannedActor Planned)>? _expected;

        public StartWatch(TaskCompletionSource ended)
        {
            _ended = ended;
            Receive<RaftEvent.Started>(told =>
            {
                _groups[told.Actor] = told.Group;
                EndIfAllRun();
            });
            Receive<RaftEvent.StartFailed>(failed => Fail(failed.Process.Process, failed.Cause.Message, failed.Cause));
            Receive<Terminated>(actor =>
                Fail(actor.ActorRef.Path.Name, "It has stopped before its PreStart ended. The log has the cause.", null));
            Receive<Expect>(expect =>
            {
                _expected = expect.Actors;
                foreach (var (actor, _) in _expected)
                {
                    Context.Watch(actor);
                }

                EndIfAllRun();
            });
        }

        // Without this, the start of the host would wait forever if the actor system is terminated meanwhile.
        protected override void PostStop() => _ended.TrySetException(new RaftStartException(
            "The raft actors cannot start. The actor system was terminated meanwhile. Read its log, then start it again.", null));

        private void EndIfAllRun()
        {
            if (_expected is null || _groups.Count < _expected.Count || !_expected.All(each => _groups.ContainsKey(each.Actor)))
            {
                return;
            }

            // Without this, an actor whose options name a store could run in memory.
            foreach (var (actor, planned) in _expected.Where(each => each.Planned.HasOptions && _groups[each.Actor] != each.Planned.Name))
            {
                Fail(planned.Name, $"It is of the group '{_groups[actor]}', so the options of the group '{planned.Name}' would have no "
                    + $"effect. Give the actor the name of its group, or set raft.groups.{_groups[actor]} in HOCON.", null);
                return;
            }

            _ended.TrySetResult();
            Context.Stop(Self);
        }

        private void Fail(string name, string detail, Exception? cause)
        {
            _ended.TrySetException(FailureOf(name, detail, cause));
            Context.Stop(Self);
        }

        public sealed record Expect(IReadOnlyList<(IActorRef Actor, PlannedActor Planned)> Actors);
    }
}
