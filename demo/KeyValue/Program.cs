using KeyValue;

using RaftActors.Hosting;

if (args.Contains("--help"))
{
    Console.WriteLine(KeyValueService.Help);
    return 0;
}

try
{
    await KeyValueService.Build(args).RunAsync();
    return 0;
}
catch (Exception cause) when (cause is RaftStartException or UsageException or IOException)
{
    // A failure that was printed already prints a reference to it.
    Console.Error.WriteLine($"KeyValue cannot start. {(cause is RaftStartException ? cause.ToString() : cause.Message)} See --help.");
    return 1;
}
