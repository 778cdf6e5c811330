using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Values;

/// <summary>The program that values and clients live in: an actor system, or a client without one. Thread-safe.</summary>
internal abstract class RaftHost
{
    private static readonly ConditionalWeakTable<ActorSystem, RaftHost> OfSystems = [];

    public virtual ExtendedActorSystem? System => null;

    public ILoggingAdapter Log => System?.Log ?? NoLogger.Instance;

    public JsonTypes Json => field ?? Interlocked.CompareExchange(ref field, new(), null) ?? field;

    /// <summary>
    /// Finds a user's actor by its path. Messages to it go by the remoting. With <c>raft.address = node</c> they go by raft's connections,
    /// which set this before they take the first message.
    /// </summary>
    public abstract Func<string, IActorRef> ActorAt { get; set; }

    /// <summary>The time since some start, for durations.</summary>
    public abstract TimeSpan Now { get; }

    public static RaftHost Of(ActorSystem system) =>
        OfSystems.GetValue(system, static each => new SystemHost((ExtendedActorSystem)each));

    public static implicit operator RaftHost(ActorSystem system) => Of(system);

    /// <summary>Calls a function at each interval. Returns the function that ends this.</summary>
    public abstract Action Repeat(TimeSpan interval, Action run);

    /// <summary>Publishes an event of a client to the listeners of the program.</summary>
    public abstract void Publish(object news);

    // Logs exceptions, because Akka's scheduler drops a repeated action that throws, and a timer would end the program. A client without
    // ticks would wait for ever.
    private protected Action GoOn(Action run) => () =>
    {
        try
        {
            run();
        }
        catch (Exception e)
        {
            Log.Error(e, "A tick of a client failed. The next one goes on. Report the exception as a defect of RaftActors.");
        }
    };

    private sealed class SystemHost(ExtendedActorSystem system) : RaftHost
    {
        public override ExtendedActorSystem System => system;

        public override Func<string, IActorRef> ActorAt { get; set; } = path => system.Provider.ActorAt(path);

        public override TimeSpan Now => system.Scheduler.MonotonicClock;

        public override Action Repeat(TimeSpan interval, Action run) =>
            system.Scheduler.Advanced.ScheduleRepeatedlyCancelable(interval, interval, GoOn(run)).Cancel;

        public override void Publish(object news) => system.EventStream.Publish(news);
    }
}
