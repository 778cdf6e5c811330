using System.Diagnostics;
using System.Globalization;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Benchmarks.Cluster;
using RaftActors.Benchmarks.Store;

using TrialKit;

namespace RaftActors.Benchmarks.Runtime;

/// <summary>Measures the actor runtime of this build: messages, Ask and new actors, in one system and between two.</summary>
internal sealed class RuntimeBenchmark : IDisposable
{
    public const string Help = """
        runtime [options]  measures the actor runtime of this build: Tell, ping-pong, Ask and ActorOf, and Tell and Ask over TCP

          --count N         messages of a part; those with a reply have a tenth, remote replies a fiftieth (default 1000000)
          --runs N          runs of each part, after one that does not count; medians are printed (default 5)
          --help            print this help
        """;

    private readonly ActorSystem _near = CreateSystem(FreePorts.Next());
    private readonly int _farPort = FreePorts.Next();
    private readonly ActorSystem _far;

    private RuntimeBenchmark() => _far = CreateSystem(_farPort);

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static async Task<int> RunAsync(string[] words, CancellationToken stop)
    {
        var (count, runs) = (1_000_000, 5);
        for (var place = 0; place < words.Length; place += 2)
        {
            var value = words.ElementAtOrDefault(place + 1) ?? "";
            (count, runs) = words[place] switch
            {
                "--count" when OptionValue.Numbers(value) is [var number] => (number, runs),
                "--runs" when OptionValue.Numbers(value) is [var number] => (count, number),
                _ => throw UsageException.Of(words[place], value),
            };
        }

        using var benchmark = new RuntimeBenchmark();
        Console.WriteLine($"{ClusterBenchmark.RuntimeName}\n");
        Console.WriteLine("| part | per second min / median / max | ns each | CPU ns each | garbage B each |");
        Console.WriteLine("|---|---|---|---|---|");
        var (replies, remoteReplies) = (Math.Max(1, count / 10), Math.Max(1, count / 50));
        var remote = await benchmark.StartEchoAsync();
        var local = benchmark._near.ActorOf(Props.Create(() => new Echo()));
        await MeasureAsync("Tell", count, runs, stop, () => benchmark.TellAsync(benchmark._near, null, count));
        await MeasureAsync("ping-pong, round trips", replies, runs, stop, () => benchmark.PingPongAsync(local, replies));
        await MeasureAsync("Ask, one at a time", replies, runs, stop, () => AskAsync(local, replies));
        await MeasureAsync("ActorOf, until PreStart", replies, runs, stop, () => benchmark.CreateAsync(replies));
        await MeasureAsync(
            "remote Tell, one way", replies, runs, stop, () => benchmark.TellAsync(benchmark._far, benchmark._near, replies));
        await MeasureAsync("remote Ask, one at a time", remoteReplies, runs, stop, () => AskAsync(remote, remoteReplies));
        await MeasureAsync("remote Ask, 64 at a time", replies, runs, stop, () => Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => AskAsync(remote, Math.Max(1, replies / 64)))));
        return 0;
    }

    public void Dispose() => Task.WaitAll(_near.Terminate(), _far.Terminate());

    private static async Task MeasureAsync(string part, int count, int runs, CancellationToken stop, Func<Task> run)
    {
        await run();
        var rounds = new List<(double Seconds, double Cpu, double Garbage)>();
        for (var round = 0; round < runs; round++)
        {
            stop.ThrowIfCancellationRequested();
            Console.Error.WriteLine($"[{round + 1}/{runs}] {part}");
            var (cpu, garbage, watch) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
            await run();
            rounds.Add((
                watch.Elapsed.TotalSeconds,
                (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / count,
                (GC.GetTotalAllocatedBytes() - garbage) / (double)count));
        }

        var median = Round.Median(rounds, one => one.Seconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {part} | {Slowest():N0} / {count / median:N0} / {Fastest():N0} | " +
            $"{1e9 * median / count:N0} | {Round.Median(rounds, one => one.Cpu):N0} | {Round.Median(rounds, one => one.Garbage):N0} |"));

        double Slowest() => count / rounds.Max(one => one.Seconds);

        double Fastest() => count / rounds.Min(one => one.Seconds);
    }

    private static ActorSystem CreateSystem(int port) => ActorSystem.Create("runtime", ConfigurationFactory.ParseString(
        $$"""
        akka { loglevel = WARNING, stdout-loglevel = ERROR, log-dead-letters = off }
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
        """));

    private static async Task AskAsync(IActorRef echo, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await echo.Ask<string>("message", TimeSpan.FromSeconds(60));
        }
    }

    // The sender is this thread. The receiver is in the first system, and addressed from the second one unless it is null.
    private async Task TellAsync(ActorSystem system, ActorSystem? from, int count)
    {
        var ended = new TaskCompletionSource();
        var name = $"counter{Guid.NewGuid():N}";
        var counter = system.ActorOf(Props.Create(() => new Counter(count, ended)), name);
        if (from is not null)
        {
            counter = await ResolveAsync(from, name);
        }

        for (var i = 0; i < count; i++)
        {
            counter.Tell("message");
        }

        await ended.Task;
    }

    private async Task PingPongAsync(IActorRef echo, int count)
    {
        var ended = new TaskCompletionSource();
        _near.ActorOf(Props.Create(() => new Pinger(echo, count, ended)));
        await ended.Task;
    }

    private async Task CreateAsync(int count)
    {
        var ended = new TaskCompletionSource();
        var counter = _near.ActorOf(Props.Create(() => new Counter(count, ended)));
        var props = Props.Create(() => new Newcomer(counter));
        for (var i = 0; i < count; i++)
        {
            _near.ActorOf(props);
        }

        await ended.Task;
    }

    private async Task<IActorRef> StartEchoAsync()
    {
        _far.ActorOf(Props.Create(() => new Echo()), "echo");
        return await ResolveAsync(_near, "echo");
    }

    private Task<IActorRef> ResolveAsync(ActorSystem from, string name) =>
        from.ActorSelection($"akka.tcp://runtime@127.0.0.1:{_farPort}/user/{name}").ResolveOne(TimeSpan.FromSeconds(10));

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    private sealed class Counter : ReceiveActor
    {
        public Counter(int count, TaskCompletionSource ended)
        {
            var left = count;
            ReceiveAny(_ =>
            {
                if (--left == 0)
                {
                    ended.SetResult();
                    Context.Stop(Self);
                }
            });
        }
    }

    private sealed class Pinger : ReceiveActor
    {
        private readonly IActorRef _echo;

        public Pinger(IActorRef echo, int count, TaskCompletionSource ended)
        {
            _echo = echo;
            var left = count;
            ReceiveAny(message =>
            {
                if (--left > 0)
                {
                    Sender.Tell(message);
                    return;
                }

                ended.SetResult();
                Context.Stop(Self);
            });
        }

        protected override void PreStart() => _echo.Tell("message", Self);
    }

    /// <summary>Tells that it has started, and stops.</summary>
    private sealed class Newcomer(IActorRef counter) : UntypedActor
    {
        protected override void PreStart()
        {
            counter.Tell("started");
            Context.Stop(Self);
        }

        protected override void OnReceive(object message)
        {
        }
    }
}
