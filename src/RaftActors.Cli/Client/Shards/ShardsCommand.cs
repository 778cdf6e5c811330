namespace RaftActors.Cli.Client.Shards;

internal static class ShardsCommand
{
    private const int AtOnce = 2;

    // For each shard, which may have much state to send.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    public static Command Build(CommandEnvironment environment)
    {
        var options = new ClientOptions(environment, timeout: Timeout);
        var dryRun = new Option<bool>("--dry-run") { Description = "Show the plan, and change nothing." };
        var atOnce = SharedOptions.Number(
            "--at-once", "number", $"The most shards that move at the same time. Default: {AtOnce}.", 1, int.MaxValue);
        return new("shards", "Moves the shards of an application to other nodes.")
        {
            new GroupVerb(environment, "move")
            {
                What = """
                    Moves the shards of an application to the nodes of raft.shard-nodes, as the nodes themselves have it. First set it on
                    all nodes, and restart them one after the other. With --dry-run it shows the processes that join and leave each shard.

                    A shard moves by one process at a time: the new one joins, gets the whole log, and then the old one leaves and gives it
                    its vote. A group has a majority at each step. --timeout is for each shard.

                    A shard without a leader, or with a process that does not answer although it stays or joins, is not begun. If a shard
                    is not done in time, no other one is begun. An ended command goes on where it was when it is repeated.
                    """,
                Ends = new(
                    "done, or with --dry-run shown",
                    "a shard was not moved, or not wholly: standard error says why. It is safe to repeat the command"),
                Examples = ["shards move --dry-run --contacts 10.0.0.1:2551", "shards move --contacts 10.0.0.1:2551 --at-once 4"],
                Own = [dryRun, atOnce],
                Options = options,
                IsOfOneGroup = _ => false,
                Run = (parsed, run) => run.Target is ServersTarget
                    ? throw new UsageException("--contacts is missing: name nodes of the application that has the shards")
                    : new ShardMover(run, parsed.GetValue(options.Group)) is var mover && parsed.GetValue(dryRun) ? mover.Plan()
                    : mover.Move((int)(parsed.GetValue(atOnce) ?? AtOnce)),
            }.Build(),
        };
    }
}
