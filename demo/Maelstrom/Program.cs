using Maelstrom;

// Standard output has messages only. All else, also the help, is for people. Exit code 2: a wrong command line.
if (args is ["--help"] or ["-h"])
{
    Console.Error.WriteLine(Help.Text);
    return 0;
}

if (args.Length > 0)
{
    Console.Error.WriteLine($"Maelstrom: '{args[0]}' is no option, and a node needs none (--help shows the use)");
    return 2;
}

await using var output = new LineWriter(Console.OpenStandardOutput());
using var input = new StreamReader(Console.OpenStandardInput());
var node = new Node(output.Write, Environment.GetEnvironmentVariable("NODE_DIR"));
return await node.RunAsync(input);
