namespace RaftTrials.Load;

/// <summary>A process with several writers, so that the clients can be on one side of a partition.</summary>
internal sealed class LoadProcess : IDisposable
{
    private static readonly string Own = Path.Combine(AppContext.BaseDirectory, "RaftTrials.dll");

    private readonly ChildProcess _process;

    private LoadProcess(ChildProcess process, IReadOnlyList<string> writers, IReadOnlyList<string> alone) =>
        (_process, Writers, Alone) = (process, writers, alone);

    /// <summary>Names of the writers that know all servers. Each starts with the next one of them.</summary>
    public IReadOnlyList<string> Writers { get; }

    /// <summary>Names of the writers that know one server only, in the order of the servers.</summary>
    public IReadOnlyList<string> Alone { get; }

    /// <summary>Names of all writers.</summary>
    public IReadOnlyList<string> All => [.. Writers, .. Alone];

    /// <param name="name">Unique in a trial.</param>
    /// <param name="alone">Whether to add a writer for each server that knows that server only.</param>
    /// <param name="program">The path of these trials of another build, whose clients write; null: this one.</param>
    public static LoadProcess Start(
        Host host,
        string name,
        int writers,
        bool alone,
        IReadOnlyList<string> servers,
        TimeSpan timeout,
        CallBook book,
        string? program = null)
    {
        var others = alone ? servers.Count : 0;
        var process = Start(
            host, program ?? Own, ["--name", name, "--writers", $"{writers}", "--alone", $"{others}"], servers, timeout, book);
        return new LoadProcess(
            process,
            [.. Enumerable.Range(0, writers).Select(number => LoadCommand.NameOf(name, number))],
            [.. Enumerable.Range(0, others).Select(number => LoadCommand.NameAlone(name, number))]);
    }

    /// <summary>Appends these texts, one after the other.</summary>
    /// <param name="name">Unique in a trial.</param>
    public static async Task Append(
        Host host, string name, IEnumerable<string> texts, IEnumerable<string> servers, TimeSpan timeout, CallBook book)
    {
        using LoadProcess load = new(
            Start(host, Own, ["--name", name, "--texts", string.Join(',', texts)], servers, timeout, book), [], []);
        await load.Stop();
    }

    /// <summary>Stops the writers. Each waits for its last answer.</summary>
    public async Task Stop()
    {
        _process.EndInput();
        if (await _process.Ended(Guards.Wait) is not 0)
        {
            throw new TrialFailure($"a load process hangs or failed: {Tail()}");
        }
    }

    public string Tail() => string.Join('\n', _process.Lines(line => line.IsError).TakeLast(10).Select(line => line.Text));

    public void Dispose() => _process.Dispose();

    private static ChildProcess Start(
        Host host, string program, IEnumerable<string> what, IEnumerable<string> servers, TimeSpan timeout, CallBook book) =>
        host.Start(
            program,
            ["load", .. what, "--servers", string.Join(',', servers), "--milliseconds", $"{timeout.TotalMilliseconds}"],
            heard: line =>
            {
                if (WriteCall.Parse(line.Text) is { } call)
                {
                    book.Add(call);
                }
            });
}
