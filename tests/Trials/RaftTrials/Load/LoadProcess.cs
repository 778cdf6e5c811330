namespace RaftTrials.Load;

/// <summary>A process with several writers, so that the clients can be on one side of a partition.</summary>
/// <param name="program">The path of these trials of another build, whose clients write; null: this one.</param>
/// <param name="book">Gets the calls.</param>
internal sealed class LoadProcess(Host host, LoadSettings settings, CallBook book, string? program = null) : IDisposable
{
    private readonly ChildProcess _process = host.Start(
        program ?? TrialProgram.Path,
        [RaftProgram.Name, "load", JsonSerializer.Serialize(settings)],
        heard: line =>
        {
            if (WriteCall.Parse(line.Text) is { } call)
            {
                book.Add(call);
            }
        });

    public IReadOnlyList<string> Writers => settings.Writers;

    public IReadOnlyList<string> Alone => settings.Alone;

    /// <summary>Names of all writers.</summary>
    public IReadOnlyList<string> All => [.. Writers, .. Alone];

    /// <summary>Stops the writers. Each waits for its last answer.</summary>
    public async Task Stop()
    {
        _process.EndInput();
        TrialFailure.Unless(await _process.Ended(Guards.Wait) is 0, $"a load process hangs or failed: {Tail()}");
    }

    public string Tail() => string.Join('\n', _process.Lines(line => line.IsError).TakeLast(10).Select(line => line.Text));

    public void Dispose() => _process.Dispose();
}
