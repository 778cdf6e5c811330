using System.Diagnostics;

using Akka.Actor;

namespace RaftActors.Benchmarks.Actors;

/// <summary>Measures the cost of an Append in a group of three nodes in one process. Each client has one open Append.</summary>
internal static class AppendBenchmark
{
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(2);

    public static void Run(ActorArguments arguments)
    {
        using var sink = arguments.Listens ? new MetricSink() : null;
        using var socketBytes = new SocketBytes();
        using var group = BenchmarkGroup.OverTcp(arguments.Directory);
        Task.WaitAll([.. group.Ready]);
        var leader = group.FindLeader();
        int[] places = arguments.At switch
        {
            "leader" => [leader],
            "others" => [.. Enumerable.Range(0, 3).Where(place => place != leader)],
            _ => [0, 1, 2],
        };
        var tally = new Tally();
        for (var client = 0; client < arguments.Clients; client++)
        {
            var place = places[client % places.Length];
            var actor = group.Actors[place];
            group.SystemOf(place).ActorOf(Props.Create(() => new Client(actor, arguments.ValueSize, tally)));
        }

        Task.Delay(Warming).Wait();
        var before = Reading.Of(tally, socketBytes);
        Task.Delay(TimeSpan.FromSeconds(arguments.Seconds)).Wait();
        var after = Reading.Of(tally, socketBytes);
        Print(before, after);
    }

    private static void Print(Reading before, Reading after)
    {
        var appends = (double)(after.Appends - before.Appends);
        Console.WriteLine(FormattableString.Invariant($"{appends / (after.At - before.At).TotalSeconds,12:F0}  appends/s"));
        Console.WriteLine(FormattableString.Invariant($"{after.Failures - before.Failures,12}  failed"));
        Console.WriteLine(FormattableString.Invariant($"{BenchmarkActor.Elections,12}  elections"));
        Console.WriteLine("              per append:");
        PrintEach("bytes on the wire", after.Sent - before.Sent);
        PrintEach("bytes of garbage, all nodes and clients", after.Garbage - before.Garbage);
        PrintEach("us of CPU, all nodes and clients", (long)(after.Cpu - before.Cpu).TotalMicroseconds);

        void PrintEach(string what, long count) => Console.WriteLine(FormattableString.Invariant($"{count / appends,12:F3}  {what}"));
    }

    private sealed record Reading(TimeSpan At, long Appends, long Failures, long Sent, long Garbage, TimeSpan Cpu)
    {
        // Reads the socket bytes first, because that waits for a report. The other counters are read right after it.
        public static Reading Of(Tally tally, SocketBytes socketBytes)
        {
            var sent = socketBytes.Read();
            return new Reading(
                Stopwatch.GetElapsedTime(0),
                Volatile.Read(ref tally.Appends),
                Volatile.Read(ref tally.Failures),
                sent,
                GC.GetTotalAllocatedBytes(),
                Environment.CpuUsage.TotalTime);
        }
    }

    private sealed class Tally
    {
        public long Appends;
        public long Failures;
    }

    private sealed class Client : ReceiveActor
    {
        private readonly IActorRef _actor;
        private readonly BenchmarkActor.Append _append;

        public Client(IActorRef actor, int valueSize, Tally tally)
        {
            (_actor, _append) = (actor, new BenchmarkActor.Append(1, new byte[valueSize]));
            Receive<Outcome<object?>>(outcome =>
            {
                Interlocked.Increment(ref outcome is { Failure: null } ? ref tally.Appends : ref tally.Failures);
                _actor.Tell(_append, Self);
            });
        }

        protected override void PreStart() => _actor.Tell(_append, Self);
    }
}
