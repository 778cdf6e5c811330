namespace RaftActors.Cli.Tests.Server;

/// <summary>A server of a test, and the lines that it has written. Dispose ends it.</summary>
internal abstract class RunningServer : IDisposable
{
    /// <summary>A server that hangs fails its test after this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Lines of standard output, without the dates.</summary>
    public IEnumerable<string> Output => RawOutput.Select(WithoutDate);

    public IEnumerable<string> Errors => Lines(isError: true).Select(WithoutDate);

    /// <summary>Lines of standard output.</summary>
    public IEnumerable<string> RawOutput => Lines(isError: false);

    /// <summary>All lines.</summary>
    public IEnumerable<string> Raw => Lines(isError: null);

    /// <summary>Waits for the n-th line that contains the text. Earlier lines count too.</summary>
    public abstract Task<string> Line(string text, int occurrence = 1);

    /// <summary>Waits for the end of the server and of its output, and returns the exit code.</summary>
    public abstract Task<int> Exit();

    public abstract void Send(Signal signal);

    public abstract void Dispose();

    protected abstract IEnumerable<string> Lines(bool? isError);

    private static string WithoutDate(string line) => line.Length > 20 ? line[20..] : line;
}
