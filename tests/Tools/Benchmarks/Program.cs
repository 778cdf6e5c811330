using BenchmarkDotNet.Running;

using RaftActors.Benchmarks.Actors;
using RaftActors.Benchmarks.Compare;
using RaftActors.Benchmarks.Coordination;
using RaftActors.Benchmarks.Failover;
using RaftActors.Benchmarks.Large;
using RaftActors.Benchmarks.Messages;
using RaftActors.Benchmarks.Persist;
using RaftActors.Benchmarks.Reads;

namespace RaftActors.Benchmarks;

public static class Program
{
    private const int BadUsage = 2;

    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private static readonly Verb[] Verbs =
    [
        new("cluster", "Appends through RaftClient: groups of three nodes", ClusterArguments.Help,
            (words, stop) => ClusterBenchmark.RunAsync(ClusterArguments.Parse(words), stop)),
        new("compare", "the same, in turn with other Raft libraries", CompareArguments.Help,
            (words, stop) => CompareBenchmark.RunAsync(CompareArguments.Parse(words), stop)),
        new("read", "queries of each consistency", ReadArguments.Help,
            (words, stop) => ReadBenchmark.RunAsync(ReadArguments.Parse(words), stop)),
        new("failover", "the time without a leader after a fault of the leader", FailoverArguments.Help,
            (words, stop) => FailoverBenchmark.RunAsync(FailoverArguments.Parse(words), stop)),
        new("idle", "the processor time of a group without clients", IdleBenchmark.Help, IdleBenchmark.RunAsync),
        new("messages", "messages between two nodes, beside Akka.Remote", MessagesBenchmark.Help, MessagesBenchmark.RunAsync),
        new("groups", "the memory of many quiescent groups", GroupsBenchmark.Help, GroupsBenchmark.RunAsync),
        new("coordination", "locks that are free, and many that are held", CoordinationBenchmark.Help, CoordinationBenchmark.RunAsync),
        new("persist", "persistent actors, beside Akka.Persistence.Sql", PersistArguments.Help,
            (words, stop) => PersistBenchmark.RunAsync(PersistArguments.Parse(words), stop)),
        new("large-state", "a large state: taken, sent and restored while appends go on", LargeStateArguments.Help,
            (words, stop) => LargeStateBenchmark.RunAsync(LargeStateArguments.Parse(words), stop)),
        Verb.Of("bytes", "exact bytes of a committed entry in Core", "bytes  has no options", _ => Bytes.Print()),
        Verb.Of("burst", "many simultaneous calls", BurstArguments.Help, words => BurstBenchmark.Run(BurstArguments.Parse(words))),
        new(ClusterNode.Verb, Summary: null, "", (words, _) => ClusterNode.RunAsync(words)),
        new(DotNextNode.Verb, Summary: null, "", (words, _) => DotNextNode.RunAsync(words)),
        new(EmptyNode.Verb, Summary: null, "", (words, _) => EmptyNode.RunAsync(words)),
        new(MessageNode.Verb, Summary: null, "", (words, _) => MessageNode.RunAsync(words)),
        new(PersistNode.Verb, Summary: null, "", (words, _) => PersistNode.RunAsync(words)),
        new(FailoverNode.Verb, Summary: null, "", (words, _) => FailoverNode.RunAsync(words)),
    ];

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The name of a benchmark, and its options.</param>
    /// <param name="output">Receives help. The benchmark itself writes its tables to the console.</param>
    /// <param name="error">Receives what is wrong with the arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        if (arguments is [] or ["--help"])
        {
            PrintVerbs(output);
            return 0;
        }

        if (arguments[0].StartsWith("--", StringComparison.Ordinal))
        {
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
            return 0;
        }

        if (Array.Find(Verbs, verb => verb.Name == arguments[0]) is not { } verb)
        {
            await error.WriteLineAsync($"There is no benchmark '{arguments[0]}'. --help lists them.");
            return BadUsage;
        }

        if (arguments.Contains("--help"))
        {
            await output.WriteLineAsync(verb.Help);
            return 0;
        }

        return await RunAsync(verb, arguments[1..], error);
    }

    private static Task<int> Main(string[] arguments) => RunAsync(arguments, Console.Out, Console.Error);

    private static async Task<int> RunAsync(Verb verb, string[] options, TextWriter error)
    {
        using CancellationTokenSource stop = new();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await verb.Run(options, stop.Token);
        }
        catch (UsageException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return BadUsage;
        }
        catch (TimeoutException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await error.WriteLineAsync("Interrupted.");
            return Verb.Interrupted;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
            _ = Task.Delay(TimeToEnd).ContinueWith(_ => Environment.Exit(Verb.Interrupted), TaskScheduler.Default);
        }
    }

    private static void PrintVerbs(TextWriter output)
    {
        output.WriteLine("Benchmarks of RaftActors. --help after a name lists its options.\n");
        foreach (var verb in Verbs.Where(verb => verb.Summary is not null))
        {
            output.WriteLine($"  {verb.Name,-15} {verb.Summary}");
        }

        output.WriteLine($"  {"--filter '*'",-15} Core alone, with BenchmarkDotNet");
    }
}
