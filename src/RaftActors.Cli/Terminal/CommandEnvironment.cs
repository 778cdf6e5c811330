namespace RaftActors.Cli.Terminal;

/// <summary>Standard streams and environment variables of one run. Tests pass their own.</summary>
/// <param name="input">Opens standard input in UTF-8, which takes time and which few commands read.</param>
/// <param name="isTerminal">Returns true if standard output is a terminal, which may be coloured and rewritten.</param>
/// <param name="stop">Ends the command when it is cancelled. Default: signals end it.</param>
/// <param name="connect">Makes the client of the group with these servers, or returns null for a real one. Default: a real one.</param>
internal sealed class CommandEnvironment(
    Func<Stream> input,
    TextWriter output,
    TextWriter error,
    Func<bool>? isTerminal = null,
    Func<string, string?>? variable = null,
    CancellationToken? stop = null,
    Func<ServerId[], RaftClient<string, string>?>? connect = null,
    Func<bool>? isErrorTerminal = null)
{
    private const int BrokenPipe = 32;

    private bool _isOutputLost;

    // Kept, because it reads ahead.
    private StreamReader? _answers;

    public Stream Input => input();

    public TextWriter Output => output;

    public TextWriter Error => error;

    public bool IsTerminal => isTerminal is not null && isTerminal();

    public bool IsErrorTerminal => isErrorTerminal is not null && isErrorTerminal();

    public Func<ServerId[], RaftClient<string, string>?>? Connect => connect;

    public static bool IsBrokenPipe(Exception e) => e.HResult == BrokenPipe;

    public static string OutputFailure(Exception e) => $"raft: cannot write to standard output: {e.Message}";

    public string? Variable(string name) => variable?.Invoke(name);

    /// <summary>
    /// Writes the outcome of a request and flushes it. A broken pipe or a full disk does not end the command, because the exit code still
    /// tells the outcome.
    /// </summary>
    public void Report(Action<TextWriter> write)
    {
        try
        {
            write(output);
            output.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // UnauthorizedAccessException means that standard output was closed, and the runtime has opened a read-only file in its place.
            if (!_isOutputLost && e is IOException && !IsBrokenPipe(e))
            {
                error.WriteLine(OutputFailure(e));
            }

            _isOutputLost = true;
        }
    }

    /// <summary>Asks the user to confirm a change by typing the expected line.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool IsConfirmed(string question, string expected, CancellationToken interrupted)
    {
        output.Write(question);
        output.Flush();
        _answers ??= new StreamReader(Input);

        // A token does not end the reading of a line, so another thread reads.
        var answer = Task.Run(_answers.ReadLine, interrupted).WaitAsync(interrupted).GetAwaiter().GetResult();
        var isGiven = answer?.Trim() == expected;
        output.Write(isGiven ? "" : $"Not confirmed; nothing was changed.{Environment.NewLine}");
        return isGiven;
    }

    /// <summary>
    /// Runs a command with a token that the first Ctrl-C or SIGTERM cancels, so that it deletes what it has not finished. The second one
    /// ends the program at once.
    /// </summary>
    /// <returns>The exit code, which tells the interruption if the command threw because of it.</returns>
    public int RunInterruptibly(Func<CancellationToken, int> run)
    {
        using var signal = stop is null ? new StopSignal() : null;
        var interrupted = stop ?? signal!.Token; // Justification: one of them is not null.
        try
        {
            return run(interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
