namespace RaftActors.Cli.Terminal;

/// <summary>
/// Shows the progress of a long command in one line of standard error, and erases the line at the end. Shows nothing in the first second,
/// or if standard error is not a terminal.
/// </summary>
/// <param name="what">The verb before each step.</param>
internal sealed class ProgressLine(CommandEnvironment environment, string what, TimeProvider clock) : IProgress<string>, IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long _start = clock.GetTimestamp();
    private long? _shownAt;
    private int _width;

    public void Report(string step)
    {
        var now = clock.GetTimestamp();
        if (!environment.IsErrorTerminal
            || clock.GetElapsedTime(_start, now) < Delay
            || (_shownAt is { } at && clock.GetElapsedTime(at, now) < Pause))
        {
            return;
        }

        var text = Printable.Of($"{what} {step}");
        environment.Error.Write($"\r{text.PadRight(_width)}");
        (_shownAt, _width) = (now, Math.Max(_width, text.Length));
    }

    public void Dispose()
    {
        environment.Error.Write(_width == 0 ? "" : $"\r{new string(' ', _width)}\r");
        _width = 0;
    }
}
