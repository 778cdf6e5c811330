namespace RaftTrials.Clients;

/// <summary>
/// The hidden command of a process with many clients, each as that of a program of its own: it opens its own connections. Each appends in
/// pauses, until standard input ends. Then all are disposed.
/// </summary>
internal static class CrowdCommand
{
    /// <summary>Before the counts in a line of the process.</summary>
    public const string Counts = "counts";

    private static readonly Argument<string[]> Contacts = new("contacts");
    private static readonly Option<int> Clients = new("--clients") { DefaultValueFactory = _ => 500 };

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(1);

    public static Command Build()
    {
        var command = new Command("crowd") { Contacts, Clients };
        command.Hidden = true;
        command.SetAction((parsed, _) => Run(parsed.GetRequiredValue(Contacts), parsed.GetValue(Clients)));
        return command;
    }

    private static async Task<int> Run(string[] contacts, int count)
    {
        Dictionary<string, long> ends = new() { ["done"] = 0 };
        using CancellationTokenSource stop = new();
        var programs = Enumerable.Range(0, count).Select(_ => new RaftConnection(contacts)).ToList();
        var clients = programs.Select(program => program.CreateClient<string, long>("default"));
        List<Task> running = [.. clients.Select(client => AppendAsync(client, ends, stop.Token)), TellAsync(ends, stop.Token)];
        await Console.In.ReadToEndAsync(CancellationToken.None);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        await Task.WhenAll(programs.Select(program => program.DisposeAsync().AsTask()));
        Tell(ends);
        return 0;
    }

    private static async Task AppendAsync(RaftClient<string, long> client, Dictionary<string, long> ends, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Poll.Wait(Random.Shared.NextDouble() * PauseMax, stop);
            var outcome = await client.AppendAsync("crowd", "v", Timeout);
            var end = outcome.Failure is { } failure ? $"{failure.Kind}({failure.Reason})" : "done";
            lock (ends)
            {
                ends[end] = ends.GetValueOrDefault(end) + 1;
            }
        }
    }

    private static async Task TellAsync(Dictionary<string, long> ends, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Tell(ends);
            await Poll.Wait(Told, stop);
        }
    }

    private static void Tell(Dictionary<string, long> ends)
    {
        lock (ends)
        {
            Console.Out.WriteLine($"{Counts} {string.Join(' ', ends.Select(end => $"{end.Key}={end.Value}"))}");
        }
    }
}
