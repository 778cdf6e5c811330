using BenchmarkDotNet.Running;

using RaftActors.Benchmarks.Actors;
using RaftActors.Benchmarks.Cluster;
using RaftActors.Benchmarks.Store;

namespace RaftActors.Benchmarks;

internal static class Program
{
    private static async Task Main(string[] arguments)
    {
        if (arguments is ["cluster-node", .. var node])
        {
            await ClusterNode.RunAsync(node);
            return;
        }

        if (arguments is ["cluster", .. var clusterOptions])
        {
            await RunClusterAsync(ClusterArguments.Parse(clusterOptions));
            return;
        }

        if (arguments is ["bytes"])
        {
            Bytes.Print();
            return;
        }

        if (arguments is ["store" or "store-recovery", .. var options])
        {
            RunStore(arguments[0], StoreArguments.Parse(options));
            return;
        }

        if (arguments is ["append" or "burst", .. var actorOptions])
        {
            RunActors(arguments[0], ActorArguments.Parse(actorOptions));
            return;
        }

        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
    }

    private static async Task RunClusterAsync(ClusterArguments? arguments)
    {
        if (arguments is null)
        {
            Console.WriteLine(ClusterArguments.Help);
        }
        else
        {
            Environment.ExitCode = await ClusterBenchmark.RunAsync(arguments);
        }
    }

    private static void RunStore(string name, StoreArguments? arguments)
    {
        if (arguments is null)
        {
            Console.WriteLine(StoreArguments.Help);
        }
        else if (name == "store")
        {
            StoreBenchmark.Run(arguments);
        }
        else
        {
            StoreRecovery.Run(arguments);
        }
    }

    private static void RunActors(string name, ActorArguments? arguments)
    {
        if (arguments is null)
        {
            Console.WriteLine(ActorArguments.Help);
        }
        else if (name == "append")
        {
            AppendBenchmark.Run(arguments);
        }
        else
        {
            BurstBenchmark.Run(arguments);
        }
    }
}
