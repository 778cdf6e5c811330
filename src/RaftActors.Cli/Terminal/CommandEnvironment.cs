using System.Runtime.InteropServices;

namespace RaftActors.Cli.Terminal;

/// <summary>Standard streams and environment variables of one run. Tests pass their own.</summary>
/// <param name="input">Standard input. Few commands read it, and opening it takes time.</param>
/// <param name="isTerminal">Whether standard output is a terminal: it may be coloured and rewritten. Null: it is not.</param>
/// <param name="variable">Reads an environment variable; null: none is set.</param>
/// <param name="stop">Ends a server when it completes; null: signals do.</param>
/// <param name="isErrorTerminal">Whether standard error is a terminal. Null: it is not.</param>
/// <param name="connect">Makes the client of the group with these servers. It is null, or returns null: a real one.</param>
internal sealed class CommandEnvironment(
    Func<TextReader> input,
    TextWriter output,
    TextWriter error,
    Func<bool>? isTerminal = null,
    Func<string, string?>? variable = null,
    Task? stop = null,
    Func<ServerId[], RaftClient<string, string>?>? connect = null,
    Func<bool>? isErrorTerminal = null)
{
    private const int BrokenPipe = 32;

    private bool _isOutputLost;

    public TextReader Input => input();

    public TextWriter Output => output;

    public TextWriter Error => error;

    public bool IsTerminal => isTerminal is not null && isTerminal();

    public bool IsErrorTerminal => isErrorTerminal is not null && isErrorTerminal();

    public Task? Stop => stop;

    public Func<ServerId[], RaftClient<string, string>?>? Connect => connect;

    public static bool IsBrokenPipe(Exception e) => e.HResult == BrokenPipe;

    /// <summary>The message about a standard output that cannot be written.</summary>
    public static string OutputFailure(Exception e) => $"raft: cannot write to standard output: {e.Message}";

    /// <summary>The value of an environment variable; null if it is not set.</summary>
    public string? Variable(string name) => variable?.Invoke(name);

    /// <summary>
    /// Writes the outcome of a request and flushes it. The outcome holds even if nobody can read it. So a broken pipe or a full disk does
    /// not end the command: the exit code still tells the outcome.
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
            // UnauthorizedAccessException: standard output was closed, and the runtime has opened a read-only file in its place.
            if (!_isOutputLost && e is IOException && !IsBrokenPipe(e))
            {
                error.WriteLine(OutputFailure(e));
            }

            _isOutputLost = true;
        }
    }

    /// <summary>Asks the user to confirm a change that is hard to undo, by a line that must be the expected one.</summary>
    public bool IsConfirmed(string question, string expected)
    {
        output.Write(question);
        output.Flush();
        var isGiven = Input.ReadLine()?.Trim() == expected;
        output.Write(isGiven ? "" : $"Not confirmed; nothing was changed.{Environment.NewLine}");
        return isGiven;
    }

    /// <summary>Runs a change of files, or a server, which Ctrl-C must not cut off. A change survives a crash at any point.</summary>
    public static T RunCritical<T>(Func<T> change)
    {
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        return change();
    }
}
