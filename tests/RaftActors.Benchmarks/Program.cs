using BenchmarkDotNet.Running;

using RaftActors.Benchmarks.Store;

namespace RaftActors.Benchmarks;

internal static class Program
{
    private static void Main(string[] arguments)
    {
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

        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
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
}
