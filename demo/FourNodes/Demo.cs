using System.Runtime.InteropServices;

namespace FourNodes;

/// <summary>Runs all four nodes for some seconds, or one node until a signal.</summary>
internal static class Demo
{
    private static readonly string[] Names = ["node1", "node2", "node3", "node4"];

    public static Task<int> Run(Settings settings) => settings.Node is null ? RunAll(settings) : RunOne(settings, settings.Node);

    private static async Task<int> RunAll(Settings settings)
    {
        using var stop = new StopSignal();
        var configs = Names.Select(name => HoconFiles.Load(name, settings)).ToList();
        var nodes = new List<Node>();
        Terminal.Print("", $"to stop press Ctrl-C or wait {settings.Seconds} seconds...", "");
        try
        {
            Terminal.Hold(() => configs.ForEach(config => nodes.Add(Node.Start(config))));
            await Ended(stop).WaitAsync(TimeSpan.FromSeconds(settings.Seconds)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Terminal.Close();
            await Task.WhenAll(Enumerable.Reverse(nodes).Select(node => node.Stop()));
        }

        Terminal.Write("Stopped.\n");
        return 0;
    }

    private static async Task<int> RunOne(Settings settings, string name)
    {
        using var stop = new StopSignal();
        var config = HoconFiles.Load(name, settings);
        Node? node = null;
        Terminal.Print("", "to stop press Ctrl-C...", "");
        Terminal.Hold(() => node = Node.Start(config));
        var typed = new Thread(() => ReadRequests(node!)) { IsBackground = true };
        typed.Start();
        await Ended(stop);
        Terminal.Close();
        await node!.Stop();
        Terminal.Write("Stopped.\n");
        return 0;
    }

    // Without a terminal, no user can see the nodes or stop them.
    private static Task Ended(StopSignal stop) => Task.WhenAny(stop.Received, Terminal.Lost);

    // Runs on a background thread: a read of the terminal cannot be cancelled, and must not keep the program alive.
    private static void ReadRequests(Node node)
    {
        while (Terminal.ReadLine() is { } line)
        {
            node.Request(line);
        }
    }
}
