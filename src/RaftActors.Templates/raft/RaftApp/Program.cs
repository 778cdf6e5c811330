using Akka.Actor;

using RaftActors;

using RaftApp;

var ports = args.Length == 0 ? Node.Group : [.. args.Select(int.Parse)];
var nodes = ports.Select(Node.Start).ToList();
Console.WriteLine($"Nodes on ports {string.Join(", ", ports)}. Enter adds 1. The end of the input stops them.");

// Each line goes to the next node. All nodes have the same total.
for (var line = 0; Console.ReadLine() is not null; line++)
{
    var outcome = await nodes[line % nodes.Count].Counter.Ask<AppendOutcome>(new Count(1));
    Console.WriteLine(outcome switch
    {
        AppendOutcome.Done done => $"total {done.Result}",
        AppendOutcome.Cancelled cancelled => $"not counted: {cancelled.Reason}",
        _ => $"{outcome}",
    });
}

await Task.WhenAll(nodes.Select(node => node.System.Terminate()));
