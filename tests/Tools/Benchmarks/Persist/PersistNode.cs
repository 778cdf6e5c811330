using System.Diagnostics;
using System.Globalization;

using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql;

using RaftActors.Benchmarks.Cluster;
using RaftActors.Persistence;

namespace RaftActors.Benchmarks.Persist;

/// <summary>
/// A child process with one actor system, whose journal its settings name. It writes <c>role leads</c> or <c>role follows</c>, and reads
/// commands until its input ends: <c>load ENTITIES WARMUP SECONDS</c>, <c>recover</c> and <c>read</c>.
/// </summary>
internal static class PersistNode
{
    public const string Verb = "persist-node";

    private const int Recoveries = 20;
    private const int Events = 1000;
    private const int EventsAtOnce = 100;

    private static readonly TimeSpan RolePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    /// <param name="arguments">The settings of the system as HOCON.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var system = ActorSystem.Create(NodeSystem.Name, ConfigurationFactory.ParseString(arguments[0])
            .WithFallback(RaftPersistence.DefaultConfig()).WithFallback(SqlPersistence.DefaultConfiguration));
        var isRaft = system.Settings.Config.GetString("akka.persistence.journal.plugin").EndsWith("raft", StringComparison.Ordinal);
        Console.WriteLine(!isRaft || await LeadsAsync(system) ? "role leads" : "role follows");
        var loads = new List<Task>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            loads.Add(DoAsync(system, line.Split(' ')));
        }

        await Task.WhenAll(loads);
        await system.Terminate();
        return 0;
    }

    private static async Task<bool> LeadsAsync(ActorSystem system)
    {
        _ = RaftPersistence.Get(system);
        while (true)
        {
            if (Raft.Get(system).Processes is [{ Leader: { } leader, Name: var own }])
            {
                return leader == own;
            }

            await Task.Delay(RolePause);
        }
    }

    private static async Task DoAsync(ActorSystem system, string[] words)
    {
        switch (words)
        {
            case ["read"]:
                Console.WriteLine($"counters {NodeCounters.Now}");
                break;
            case ["load", var entities, var warmUp, var seconds]:
                // Without this, a journal that creates its tables would do so in the window.
                await LiveAsync(system, "first");
                var number = 0;
                var clients = new ClosedLoop(int.Parse(entities, CultureInfo.InvariantCulture), Seconds(warmUp));
                var load = await clients.RunAsync(Seconds(seconds), (loop, _) => Start(system, $"entity-{number++}", loop).Ended);
                Console.WriteLine(load.Line);
                break;
            case ["recover"]:
                Console.WriteLine(FormattableString.Invariant($"recovered {await RecoverAsync(system):R}"));
                break;
        }
    }

    /// <summary>Returns the median of the milliseconds from the start of an actor until its recovery has completed.</summary>
    private static async Task<double> RecoverAsync(ActorSystem system)
    {
        var ids = Enumerable.Range(0, Recoveries).Select(number => $"recovering-{number}").ToList();
        await Task.WhenAll(ids.Select(id => LiveAsync(system, id)));
        var times = new List<double>();
        foreach (var id in ids)
        {
            times.Add(await LiveAsync(system, id));
        }

        return Percentile.Median(times, time => time);
    }

    // The first life of an actor persists all events, and the next one recovers them.
    private static async Task<double> LiveAsync(ActorSystem system, string id)
    {
        var start = Stopwatch.GetTimestamp();
        var (actor, ended) = Start(system, id, loop: null);
        await ended.WaitAsync(Guard);
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await actor.GracefulStop(Guard);
        return time;
    }

    private static (IActorRef Actor, Task Ended) Start(ActorSystem system, string id, ClosedLoop? loop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (system.ActorOf(Props.Create(() => new Entity(id, loop, ended))), ended.Task);
    }

    private static TimeSpan Seconds(string word) => TimeSpan.FromSeconds(double.Parse(word, CultureInfo.InvariantCulture));

    /// <summary>Persists one event after the other until the loop stops, or without a loop until it has all events.</summary>
    private sealed class Entity(string id, ClosedLoop? loop, TaskCompletionSource ended) : UntypedPersistentActor
    {
        private static readonly byte[] Event = new byte[256];

        private long _start;

        public override string PersistenceId => id;

        protected override void OnRecover(object message)
        {
            if (message is RecoveryCompleted)
            {
                PersistNext();
            }
        }

        protected override void OnCommand(object message)
        {
        }

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Fail(cause);

        protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Fail(cause);

        protected override void OnRecoveryFailure(Exception reason, object? message = null) => Fail(reason);

        private void PersistNext()
        {
            if (loop?.IsStopping ?? LastSequenceNr >= Events)
            {
                ended.TrySetResult();
                return;
            }

            _start = Stopwatch.GetTimestamp();
            var left = loop is null ? EventsAtOnce : 1;
            PersistAll(Enumerable.Repeat(Event, left), _ =>
            {
                if (--left == 0)
                {
                    loop?.Count(_start, isDone: true);
                    PersistNext();
                }
            });
        }

        private void Fail(Exception cause)
        {
            Console.Error.WriteLine(cause);
            loop?.Count(_start, isDone: false);
            ended.TrySetResult();
        }
    }
}
