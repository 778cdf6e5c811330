using System.Collections.Immutable;

using Akka.Actor;

using Microsoft.Extensions.Logging;

namespace RaftActors.Hosting;

/// <summary>The raft actors of this application, a singleton service. Thread-safe.</summary>
public sealed class RaftHost
{
    private readonly Lock _lock = new();
    private readonly HostPlan _plan;
    private readonly IServiceProvider _services;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActorSystem? _system;
    private volatile ImmutableDictionary<string, IActorRef>? _actors;

    internal RaftHost(HostPlan plan, IServiceProvider services) => (_plan, _services) = (plan, services);

    /// <summary>The actor system of the raft actors.</summary>
    /// <exception cref="InvalidOperationException">The host has not started them.</exception>
    public ActorSystem System => SystemOrNull ?? throw NotStarted();

    internal ActorSystem? SystemOrNull
    {
        get
        {
            lock (_lock)
            {
                return _system;
            }
        }
    }

    /// <summary>Completes when all raft actors have started, and fails with a <see cref="RaftStartException"/> if one cannot.</summary>
    internal Task Started => _started.Task;

    internal int PlannedCount => _plan.Actors.Count;

    /// <summary>An actor by the name of its <see cref="RaftHostBuilder.AddActor{TActor}"/>.</summary>
    /// <exception cref="ArgumentException">No raft actor was added by this name.</exception>
    /// <exception cref="InvalidOperationException">The host has not started the raft actors.</exception>
    public IActorRef GetActor(string name) =>
        (_actors ?? throw NotStarted()).GetValueOrDefault(name)
        ?? throw new ArgumentException($"No raft actor was added by the name '{name}'. Add it by AddActor in AddRaftActors.", nameof(name));

    /// <summary>Starts the actors. Only the first call does so.</summary>
    /// <exception cref="InvalidOperationException">They were started in another actor system.</exception>
    internal void Start(ActorSystem system)
    {
        lock (_lock)
        {
            if (_system is not null)
            {
                _ = ReferenceEquals(_system, system) ? true : throw new InvalidOperationException(
                    $"The raft actors were started in the actor system '{_system.Name}', so they cannot be started in another one.");
                return;
            }

            _system = system;
        }

        try
        {
            StartActors(system);
        }
        catch (Exception cause)
        {
            _started.TrySetException(new RaftStartException($"The raft actors cannot start. {cause.Message}", cause));
        }
    }

    private static InvalidOperationException NotStarted() =>
        new("The raft actors have not been started. They start with the host: use them after its StartAsync.");

    private void StartActors(ActorSystem system)
    {
        system.EventStream.Publish(new AkkaLogger.UseLoggers(HostLog.FactoryOf(_services)));
        var logger = HostLog.Of(_services);
        var started = _started;
        var log = system.ActorOf(Props.Create(() => new RaftEventLogger(logger)));
        var watch = system.ActorOf(Props.Create(() => new StartWatch(started)));
        _plan.JsonTypes.ForEach(use => use(Raft.Get(system)));
        _plan.ResultTypes.ForEach(add => add(Raft.Get(system)));
        system.EventStream.Subscribe(log, typeof(RaftEvent));
        system.EventStream.Subscribe(watch, typeof(RaftEvent.Started));
        system.EventStream.Subscribe(watch, typeof(RaftEvent.StartFailed));
        _actors = _plan.Actors.ToImmutableDictionary(planned => planned.Name, planned => Start(system, planned));
        watch.Tell(new StartWatch.Expect([.. _actors.Values]));
    }

    // A failure in a later life has no effect on the start. The supervisor decides what follows.
    private IActorRef Start(ActorSystem system, PlannedActor planned) => system.ActorOf(
        planned.MakeProps(_services, cause => _started.TrySetException(StartWatch.FailureOf(planned.Name, cause.Message, cause))),
        planned.Name);
}
